/**
 * How the clocks of nodes stand to one another, from rows of several nodes in the order of their arrival: the way in which
 * NTP finds an offset. A row comes after the one before it, so the time in it is that one's plus a delay, and plus what its
 * node's clock is ahead of the others. Behind it that is taken off again: half of the difference of both is the offset, half
 * of their sum the delay, which nobody can tell from an offset. Pure.
 */
import type { Neighbours } from './part.ts';

export interface ClockOffset {
  readonly node: string;
  /** Ahead of the nodes beside it. */
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
  readonly samples: number;
}

export const HOW =
  'From neighbouring rows of different nodes, taken as in order of arrival: half the difference of how far the time in an ' +
  'ID leaps when the rows come to a node, and when they leave it (medians), against the nodes beside it.';

/** Fewer say nothing of a median. */
const SAMPLES_MIN = 32;

/** Nodes whose clocks are further from the others' than the method is uncertain; the furthest first. */
export function clockOffsets(neighbours: ReadonlyMap<string, Neighbours>, tickMs: number): readonly ClockOffset[] {
  return [...neighbours]
    .flatMap(([node, { entering, leaving }]) => {
      const samples = Math.min(entering.length, leaving.length);
      if (samples < SAMPLES_MIN) return [];
      const [into, outOf] = [median(entering) * tickMs, median(leaving) * tickMs];
      const aheadMs = (into - outOf) / 2;
      // The time in an ID is rounded down to its tick.
      const uncertaintyMs = Math.abs(into + outOf) / 2 + tickMs;
      return Math.abs(aheadMs) > uncertaintyMs ? [{ node, aheadMs, uncertaintyMs, samples }] : [];
    })
    .toSorted((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs));
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
