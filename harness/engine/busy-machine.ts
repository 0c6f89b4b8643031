/**
 * When the machine of a run kept the harness, or the nodes on it, from running: what they did not say then proves nothing.
 * Read from the journal. Pure.
 */
import type { JournalEntry } from '../core/journal.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import type { Span } from './bite.ts';

export interface StarvedSpan extends Span {
  readonly node: string;
}

/** A node that waited for a CPU for this share of the time between two answers, ready to run, was starved. */
const STARVED_SHARE = 0.5;

/** A share of less time than this means nothing: the kernel counts what was stolen in steps of 10 ms. */
const MEASURED_NS = msToNs(100);

/** Fewer short stalls of the harness are not worth a word. */
const STALLS_MIN = 3;

/** Times at which the harness stood still, and so could measure nothing. A stall is journalled when it is over. */
export function stallSpans(journal: readonly JournalEntry[]): readonly Span[] {
  return journal.flatMap((entry) =>
    entry.kind === 'stall' ? [{ from: entry.at - msToNs(entry.forMs), to: entry.at }] : [],
  );
}

/** Times at which nodes were starved, by what the kernel told them: from one answer of a life to its next. */
export function starvedSpans(journal: readonly JournalEntry[]): readonly StarvedSpan[] {
  const spans: StarvedSpan[] = [];
  const last = new Map<string, Answer>();
  for (const entry of journal) {
    if (entry.kind !== 'health') continue;
    const { node, health } = entry;
    const { at, incarnation, cpuWaitMs: waitedMs } = health;
    const before = last.get(node);
    if (waitedMs === undefined || (before?.incarnation === incarnation && at - before.at < MEASURED_NS)) continue;
    last.set(node, { at, incarnation, waitedMs });
    if (before?.incarnation !== incarnation) continue;
    if (msToNs(waitedMs - before.waitedMs) < STARVED_SHARE * (at - before.at)) continue;
    spans.push({ node, from: before.at, to: at });
  }
  return spans;
}

interface Answer {
  readonly at: RunNs;
  readonly incarnation: number;
  readonly waitedMs: number;
}

/** Neither is a reason by itself, but they tell where doubts may come from. */
export function busyMachine(journal: readonly JournalEntry[]): readonly string[] {
  const advice = 'the machine is busy, and a quieter one may prove more.';
  const stalls = journal.flatMap((entry) => (entry.kind === 'stall' ? [entry.forMs] : []));
  const starved = [...Map.groupBy(starvedSpans(journal), ({ node }) => node)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, spans]) => `${node}: ${inAll(spans)} s in all`);
  return [
    ...(stalls.length < STALLS_MIN
      ? []
      : [`The harness stood still ${stalls.length} times, for up to ${Math.max(...stalls)} ms: ${advice}`]),
    ...(starved.length === 0
      ? []
      : [
          `There were stretches in which nodes waited for a CPU for at least half of the time (${starved.join(', ')}): ${advice}`,
        ]),
  ];
}

function inAll(spans: readonly Span[]): string {
  return (spans.reduce((sum, { from, to }) => sum + to - from, 0) / NS_PER_S).toFixed(1);
}

/**
 * What to do about a load that could not be offered, where nothing was seen of a busy machine: what is slow by itself,
 * a machine or its nodes, leaves requests unsent as well.
 */
export function tooMuchLoad(unknowns: readonly UnknownReason[]): readonly string[] {
  return unknowns.some(({ reason }) => reason === 'load not achieved')
    ? [
        'The load was too much for this machine or these nodes: run it with nothing beside it, or lower load.idsPerSecond in the scenario.',
      ]
    : [];
}
