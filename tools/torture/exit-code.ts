/** How a slice ends. Pure. */
import { EXIT } from '../../harness/core/errors.ts';
import type { Verdict } from '../../harness/core/verdict.ts';

/**
 * 1 where a repetition failed that had to hold, 12 where none proved anything, else 0. `failsCount`: the slice counts
 * fails, as of mutants that are to be caught; they are then what it is there to see.
 */
export function exitCodeOf(runs: readonly { readonly verdict: Verdict }[], failsCount: boolean): number {
  if (!failsCount && runs.some(({ verdict }) => verdict === 'fail')) return 1;
  return runs.some(({ verdict }) => verdict !== 'unknown') ? EXIT.pass : EXIT.unknown;
}
