/** When a node may refuse, wait or be silent because of a disturbance. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import type { RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S } from '../core/time.ts';

/** A node in reach of a disturbance may refuse for this long after the heal. */
export const GRACE_NS = msToNs(8000);

/** Spans in which a node may refuse because of a disturbance. */
export function inReach(disturbances: readonly DisturbanceRecord[], node: string, at: RunNs): boolean {
  return disturbances.some(
    ({ reach, injected, healed }) =>
      reach.includes(node) &&
      injected !== undefined &&
      at >= injected &&
      at <= (healed ?? Number.MAX_SAFE_INTEGER) + GRACE_NS,
  );
}

/**
 * A disturbed holder leaves its worker ID with a bound that its heir has to wait for: whoever says that it holds the
 * worker ID of a node in reach is in the same reach.
 */
export function withHeirs(
  disturbances: readonly DisturbanceRecord[],
  journal: readonly JournalEntry[],
): readonly DisturbanceRecord[] {
  return disturbances.map((disturbance) => {
    const { injected, reach } = disturbance;
    if (injected === undefined) return disturbance;
    const holders = journal.flatMap((entry) =>
      entry.kind === 'health' && entry.health.workerId !== undefined && entry.at >= injected - NS_PER_S
        ? [{ node: entry.node, at: entry.at, workerId: entry.health.workerId }]
        : [],
    );
    const left = new Set(
      holders
        .filter(({ node, at }) => reach.includes(node) && (at < injected || inReach([disturbance], node, at)))
        .map(({ workerId }) => workerId),
    );
    const heirs = holders.filter(({ workerId }) => left.has(workerId)).map(({ node }) => node);
    return { ...disturbance, reach: [...new Set([...reach, ...heirs])] };
  });
}
