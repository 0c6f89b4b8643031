/** One figure on two sides: better, worse, the same, or nobody can tell. */
import { median } from 'd3-array';
import type { Indicator } from '../../harness/core/indicator.ts';
import { capitalised } from '../../harness/core/phrases.ts';
import type { Trials } from './trials.ts';
import { CONFIDENCE, REPETITIONS_MIN, shiftBetween } from './shift.ts';

export type Change = 'better' | 'worse' | 'same' | 'cannot tell';

export interface Judged {
  readonly change: Change;
  /** One sentence. */
  readonly why: string;
}

export interface Terms {
  /** A share of the value of BASE that the user takes for no difference. */
  readonly tolerance?: number;
}

/** Undefined: nobody says which way is better. */
export type Better = Indicator['better'] | undefined;

/** Values by trial; undefined where one has none. */
export function judgeFigure(
  base: readonly (number | undefined)[],
  run: readonly (number | undefined)[],
  better: Better,
  { tolerance, interleaved, confounded }: Terms & Pick<Trials, 'interleaved' | 'confounded'>,
): Judged {
  const [before, now] = [measured(base), measured(run)];
  if (before.length < base.length || now.length < run.length)
    return cannotTell(`${base.length - before.length + run.length - now.length} of the runs have no value`);
  if (confounded !== undefined) return cannotTell(confounded);
  if (new Set([...before, ...now]).size === 1) return { change: 'same', why: 'The very same value in every run.' };
  const scale = Math.abs(median(before) ?? 0);
  const shift = interleaved ? shiftBetween(before, now) : undefined;
  if (shift !== undefined) return byInterval(shift, scale, better, tolerance);
  if (tolerance !== undefined) {
    const by = (median(now) ?? 0) - (median(before) ?? 0);
    const stated = `by the stated tolerance of ${percent(tolerance)}, not by repetitions`;
    if (scale === 0 && by !== 0) return cannotTell(`BASE is 0, and no share of nothing says what counts as none`);
    return Math.abs(by) <= tolerance * scale
      ? { change: 'same', why: `${signed(by, scale)}: within it, ${stated}.` }
      : changed(by, better, `${signed(by, scale)}: beyond it, ${stated}.`);
  }
  return cannotTell(
    Math.min(base.length, run.length) < REPETITIONS_MIN
      ? `${base.length} against ${run.length}: noise cannot be told from a change without ${REPETITIONS_MIN} repetitions a side or a --tolerance`
      : 'the two sides were not run in turns, so that a change of the machine would look like one of the generator',
  );
}

function byInterval(
  { estimate, low, high }: { readonly estimate: number; readonly low: number; readonly high: number },
  scale: number,
  better: Better,
  tolerance: number | undefined,
): Judged {
  const margin = (tolerance ?? 0) * scale;
  const interval = `${signed(estimate, scale)}, with ${percent(CONFIDENCE)} confidence ${signed(low, scale)} to ${signed(high, scale)}`;
  if (low > margin || high < -margin) return changed(estimate, better, `${interval}.`);
  if (tolerance === undefined) return cannotTell(`${interval}: no difference is shown, and none is ruled out`);
  return -margin <= low && high <= margin
    ? { change: 'same', why: `${interval}: within ${percent(tolerance)}.` }
    : cannotTell(`${interval}: neither within ${percent(tolerance)} nor beyond it`);
}

function changed(by: number, better: Better, why: string): Judged {
  if (better === undefined) return cannotTell(`${why.replace(/\.$/, '')}; which way is better is not said`);
  return { change: by > 0 === (better === 'more') ? 'better' : 'worse', why };
}

const cannotTell = (why: string): Judged => ({
  change: 'cannot tell',
  why: `${capitalised(why)}.`,
});

const measured = (values: readonly (number | undefined)[]): readonly number[] =>
  values.filter((value): value is number => Number.isFinite(value));

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** As a share of BASE; of nothing there is none. */
function signed(by: number, scale: number): string {
  const value = scale === 0 ? Number(by.toPrecision(3)) : Number(((by / scale) * 100).toPrecision(3));
  return `${value > 0 ? '+' : ''}${value}${scale === 0 ? '' : ' %'}`;
}
