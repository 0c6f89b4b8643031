/**
 * Did a disturbance bite? Decided from its series of measurements alone: asking for a fault proves nothing. Pure.
 */
import type { EvidenceSample } from '../core/disturbance.ts';
import { counted } from '../core/phrases.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, nsToMs } from '../core/time.ts';

/** The longest gap between measurements, and the longest wait for the first that shows the fault. */
export const GAP_MAX_MS = 1000;

export interface Span {
  readonly from: RunNs;
  readonly to: RunNs;
}

export interface BiteInput {
  /** From the end of `inject` to the beginning of `heal`. */
  readonly span: Span;
  readonly samples: readonly EvidenceSample[];
  /** How soon after its injection it has to be seen in force, where that takes longer than GAP_MAX_MS. */
  readonly seenWithinMs?: number;
  /** When the harness itself stood still, or another disturbance accounts for a measurement that could not be made. */
  readonly excused: readonly Span[];
}

export interface Bite {
  readonly bit: boolean;
  readonly tookFrom?: RunNs;
  readonly tookTo?: RunNs;
  readonly missed?: string;
}

/**
 * In force throughout: first measured in force within GAP_MAX_MS of its injection, in force in every later
 * measurement, never unmeasured for longer than GAP_MAX_MS, up to its heal. Excused time does not count as a gap. What
 * nobody used while it was disturbed proves nothing, however well it was disturbed.
 */
export function judgeBite({ span, samples, seenWithinMs = GAP_MAX_MS, excused }: BiteInput): Bite {
  const within = samples.filter(({ at }) => at >= span.from && at <= span.to);
  const known = within.filter(({ took }) => took !== undefined);
  const first = known.find(({ took }) => took === true);
  if (first === undefined) return { bit: false, missed: neverSeen(span, within, known) };
  const took = known.filter((sample) => sample.took === true);
  const last = took.at(-1) ?? first;
  const seen = { tookFrom: first.at, tookTo: last.at };
  const slip = known.find((sample) => sample.took === false && sample.at > first.at);
  if (slip !== undefined)
    return { bit: false, ...seen, missed: `it was measured out of force at ${seconds(slip.at)} s, before its heal` };
  const moments = [span.from, ...took.map(({ at }) => at), span.to];
  for (let i = 1; i < moments.length; i++) {
    const gap = { from: moments[i - 1] as RunNs, to: moments[i] as RunNs };
    const blind = nsToMs(gap.to - gap.from - overlap(gap, excused));
    if (blind > (i === 1 ? Math.max(seenWithinMs, GAP_MAX_MS) : GAP_MAX_MS))
      return {
        bit: false,
        ...seen,
        missed: `nothing showed it in force for ${(blind / 1000).toFixed(1)} s from ${seconds(gap.from)} s on`,
      };
  }
  if (nobodyUsed(took))
    return { bit: false, ...seen, missed: 'it was in force on the link throughout, and nobody used the link' };
  return { bit: true, ...seen };
}

/** Whether it was looked for in vain, could not be seen, or was over before anybody had looked. */
function neverSeen({ from, to }: Span, within: readonly EvidenceSample[], known: readonly EvidenceSample[]): string {
  if (known.length > 0) return 'it was never measured in force';
  if (within.length === 0)
    return `no measurement was done within ${seconds(to - from)} s of its injection, when its heal began or the run was cut short`;
  return `it could not be measured: ${counted(within.length, 'measurement')} told nothing, for nothing answered`;
}

/** It can be told, and was never the case: what was disturbed could not have been noticed. */
function nobodyUsed(took: readonly EvidenceSample[]): boolean {
  const told = took.filter(({ used }) => used !== undefined);
  return told.length > 0 && told.every(({ used }) => used === false);
}

/** How much of `span` the others cover, overlaps counted once. */
function overlap(span: Span, others: readonly Span[]): RunNs {
  const clipped = others
    .map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  let covered = 0;
  let reached = span.from;
  for (const { from, to } of clipped) {
    covered += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return covered;
}

/** Restart of a process takes this long at the most; until then a measurement of its clock may still fail. */
export const RETURN_GRACE_NS = msToNs(GAP_MAX_MS);

function seconds(at: RunNs): string {
  return (at / 1e9).toFixed(2);
}
