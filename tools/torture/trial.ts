/** One repetition of a torture slice, as its table counts it, and as it is told meanwhile. */
import type { Verdict } from '../../harness/core/verdict.ts';

export interface Trial {
  readonly generator: string;
  readonly seed: string;
  /** `fail` where what the slice is for did not hold. */
  readonly verdict: Verdict;
  /** What failed. */
  readonly broken: readonly string[];
  readonly doubts: readonly string[];
  /** What was measured. */
  readonly remark?: string;
  /** IDs a second that were minted at the moments that matter. */
  readonly idsPerSecond?: readonly number[];
  /** What is summed over all repetitions of one generator. */
  readonly counted?: { readonly [what: string]: number };
}

/** `snowflake seed 3: fail, unique`. */
export function trialLine({ generator, seed, verdict, broken, doubts, remark }: Trial): string {
  const told = [verdict, ...broken, ...doubts, ...(remark === undefined || remark === '' ? [] : [remark])];
  return `${generator} seed ${seed}: ${told.join(', ')}`;
}
