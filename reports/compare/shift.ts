/**
 * By how much the values of one side exceed those of the other: the estimate of Hodges and Lehmann with the interval that
 * inverts the exact test of Mann and Whitney. It assumes no shape of the noise, and needs repetitions on both sides.
 */
import { median } from 'd3-array';

/** One comparison in a hundred of equal things comes out as different. */
export const CONFIDENCE = 0.99;
/** With fewer on a side no outcome of the test is as rare as that. */
export const REPETITIONS_MIN = 5;

export interface Shift {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Of `run` against `base`, positive where `run` is greater. Undefined: too few repetitions for the confidence. */
export function shiftBetween(base: readonly number[], run: readonly number[]): Shift | undefined {
  if (Math.min(base.length, run.length) < REPETITIONS_MIN) return undefined;
  const differences = run.flatMap((value) => base.map((other) => value - other)).sort((a, b) => a - b);
  const left = leftOut(base.length, run.length);
  const estimate = median(differences);
  const [low, high] = [differences.at(left), differences.at(-1 - left)];
  return estimate === undefined || low === undefined || high === undefined ? undefined : { estimate, low, high };
}

/** How many of the smallest differences, and of the greatest, lie outside the interval. */
function leftOut(n: number, m: number): number {
  const tail = (1 - CONFIDENCE) / 2;
  let outside = 0;
  let cumulated = 0;
  for (const chance of chancesOfRanks(n, m)) {
    cumulated += chance;
    if (cumulated > tail) return Math.max(0, outside - 1);
    outside += 1;
  }
  return Math.max(0, outside - 1);
}

/**
 * The chance that u of the n × m pairs have the first side ahead when both sides are alike, for u = 0, 1, …; by who is the
 * greatest of all: one of the first side, then it is ahead in m pairs; or one of the second, then in none.
 */
export function chancesOfRanks(n: number, m: number): readonly number[] {
  let rows: number[][] = Array.from({ length: m + 1 }, () => [1]);
  for (let i = 1; i <= n; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= m; j++) {
      const [without, beside] = [rows[j] ?? [], next[j - 1] ?? []];
      next.push(
        Array.from({ length: i * j + 1 }, (_, u) => (i * (without[u - j] ?? 0) + j * (beside[u] ?? 0)) / (i + j)),
      );
    }
    rows = next;
  }
  return rows[m] ?? [];
}
