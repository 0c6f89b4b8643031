/** Nodes that said, minted or served nothing although no disturbance can have been why. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import { doubt, seconds } from './doubt.ts';
import { endedEntries, lastWordsOf } from './ended-nodes.ts';
import type { LaneTotal } from './evidence.ts';
import { phaseBegin } from './phase-begin.ts';
import { inReach, withHeirs } from './reach.ts';

/** A holder in no reach has no reason to mint nothing for this long, nor any node to give no sign of life. */
const SILENCE_NS = msToNs(2000);

interface SilenceInput {
  readonly journal: readonly JournalEntry[];
  readonly disturbances: readonly DisturbanceRecord[];
  readonly minted: readonly LaneTotal[];
}

/** What is known of nodes that hold what they need. */
interface Heard {
  readonly journal: readonly JournalEntry[];
  /** Of the disturbances, with the heirs of whom they hit. */
  readonly reaches: readonly DisturbanceRecord[];
  readonly loadEnd: RunNs;
}

/** Each node at most once, for the gravest of its silences. */
export function silentNodes({ journal, disturbances, minted }: SilenceInput): readonly UnknownReason[] {
  const heard: Heard = {
    journal,
    reaches: withHeirs(disturbances, journal),
    loadEnd: phaseBegin(journal, 'drain') ?? Number.MAX_SAFE_INTEGER,
  };
  const found = [
    ...absentNodes(journal, disturbances),
    ...endedNodes(journal, disturbances),
    ...neverMinted(heard, minted),
    ...fellSilent(heard),
    ...servedNobody(heard),
  ];
  return found.filter(({ scope }, index) => found.findIndex((other) => other.scope === scope) === index);
}

/** Outside every reach it never answered, or not any more at the end. */
function absentNodes(
  journal: readonly JournalEntry[],
  disturbances: readonly DisturbanceRecord[],
): readonly UnknownReason[] {
  const answered = new Set<string>();
  const unanswered = new Map<string, { readonly from: RunNs; readonly to: RunNs }>();
  for (const { at, ...entry } of journal)
    if (entry.kind === 'health') {
      answered.add(entry.node);
      unanswered.delete(entry.node);
    } else if (entry.kind === 'no health') {
      if (!inReach(disturbances, entry.node, at))
        unanswered.set(entry.node, { from: unanswered.get(entry.node)?.from ?? at, to: at });
      else if (answered.has(entry.node)) unanswered.delete(entry.node);
    }
  return [...unanswered]
    .filter(([node, { from, to }]) => !answered.has(node) || to - from >= SILENCE_NS)
    .map(([node, { from, to }]) =>
      doubt(
        'node silent',
        node,
        answered.has(node)
          ? `${node} was in no reach and did not say how it is from ${seconds(from)} s to ${seconds(to)} s, the end${lastWordsOf(journal, node)}.`
          : `${node} never said how it is${lastWordsOf(journal, node) || ': it may never have started'}.`,
      ),
    );
}

/** It ended by itself, and no disturbance can have been why. */
function endedNodes(
  journal: readonly JournalEntry[],
  disturbances: readonly DisturbanceRecord[],
): readonly UnknownReason[] {
  return endedEntries(journal)
    .filter(({ node, at }) => !inReach(disturbances, node, at))
    .map(({ node, at, lastWords }) =>
      doubt('node silent', node, `${node} was in no reach and ended by itself before ${seconds(at)} s (${lastWords}).`),
    );
}

/** It held a worker ID, was asked, was in no reach, and never minted in the whole run. */
function neverMinted({ journal, reaches }: Heard, minted: readonly LaneTotal[]): readonly UnknownReason[] {
  const talkative = new Set(minted.filter(({ ids }) => ids > 0n).map(({ node }) => node));
  const asked = new Set(journal.flatMap((entry) => (entry.kind === 'load' && entry.sent > 0 ? [entry.node] : [])));
  const held = new Map<string, number | undefined>();
  for (const entry of journal)
    if (entry.kind === 'health' && entry.health.status !== 'waiting' && !inReach(reaches, entry.node, entry.at))
      held.set(entry.node, entry.health.workerId);
  return [...held]
    .filter(([node]) => asked.has(node) && !talkative.has(node))
    .map(([node, workerId]) =>
      doubt(
        'node silent',
        node,
        `${node} held ${workerId === undefined ? 'what it needed' : `worker ID ${workerId}`} and was asked while nothing disturbed it, but never minted.`,
      ),
    );
}

/** It held one worker ID to the end of the load, was asked, was in no reach, and had stopped minting. */
function fellSilent({ journal, reaches, loadEnd }: Heard): readonly UnknownReason[] {
  const still = new Map<
    string,
    { readonly from: RunNs; readonly to: RunNs; readonly state: string; readonly what: string }
  >();
  for (const entry of journal) {
    if (entry.kind !== 'health' || entry.at > loadEnd) continue;
    const { node, at, health } = entry;
    if (health.status === 'waiting' || inReach(reaches, node, at)) {
      still.delete(node);
      continue;
    }
    const state = `${health.incarnation}/${health.workerId}/${health.minted.join()}`;
    const what = health.workerId === undefined ? 'what it needed' : 'a worker ID';
    const before = still.get(node);
    still.set(node, { from: before?.state === state ? before.from : at, to: at, state, what });
  }
  // An entry of the load tells of the second before it.
  const askedIn = (node: string, from: RunNs, to: RunNs): boolean =>
    journal.some(
      (entry) =>
        entry.kind === 'load' && entry.node === node && entry.sent > 0 && entry.at - NS_PER_S >= from && entry.at <= to,
    );
  return [...still]
    .filter(([node, { from, to }]) => to - from >= SILENCE_NS && askedIn(node, from, to))
    .map(([node, { from, to, what }]) =>
      doubt(
        'node silent',
        node,
        `${node} held ${what} and was asked while nothing disturbed it, but minted nothing from ${seconds(from)} s to ${seconds(to)} s, the end of the load.`,
      ),
    );
}

/** To the end of the load it minted, was asked, was in no reach, and no client got an ID: its calls fail. */
function servedNobody({ journal, reaches, loadEnd }: Heard): readonly UnknownReason[] {
  const told = journal.flatMap((entry) =>
    (entry.kind === 'load' || entry.kind === 'health') && entry.at <= loadEnd ? [entry] : [],
  );
  return [...Map.groupBy(told, ({ node }) => node)].flatMap(([node, entries]) => {
    const excused = entries
      .filter(
        (entry) =>
          inReach(reaches, node, entry.at) ||
          (entry.kind === 'load' ? entry.ids > 0 : entry.health.status === 'waiting'),
      )
      .reduce((latest, entry) => Math.max(latest, entry.at), 0);
    // An entry of the load tells of the second before it.
    const asked = entries.filter((entry) => entry.kind === 'load' && entry.sent > 0 && entry.at - NS_PER_S >= excused);
    const totals = entries.flatMap((entry) =>
      entry.kind === 'health' && entry.at > excused ? [entry.health.minted.join()] : [],
    );
    const [from, to] = [Math.min(...asked.map(({ at }) => at)) - NS_PER_S, Math.max(...asked.map(({ at }) => at))];
    // Where it minted nothing, its silence has been told already.
    if (asked.length === 0 || to - from < SILENCE_NS || new Set(totals).size < 2) return [];
    return [
      doubt(
        'node silent',
        node,
        `${node} minted and was asked while nothing disturbed it, but no client got an ID from ${seconds(from)} s to ${seconds(to)} s, the end of the load.`,
      ),
    ];
  });
}
