/** One guarantee on two sides. One violation proves it broken; no number of runs proves it kept for ever. */
import { isDeepStrictEqual } from 'node:util';
import type { Promise_ } from '../../harness/core/guarantee.ts';
import type { Run } from '../../harness/core/run.ts';
import { gravest } from '../../harness/core/verdict.ts';
import type { Verdict } from '../../harness/core/verdict.ts';
import { nameOf } from '../shared/outcomes.ts';
import { grouped } from '../shared/words.ts';
import type { Judged } from './figures.ts';
import { percent } from './figures.ts';
import { CONFIDENCE } from './shift.ts';
import type { Trials } from './trials.ts';
import { doubtAbout } from './trials.ts';

export interface GuaranteeSide {
  /** Undefined: it is not promised on this side. */
  readonly verdict: Verdict | undefined;
  readonly words: string;
}

export interface ComparedGuarantee extends Judged {
  readonly name: string;
  readonly base: GuaranteeSide;
  readonly run: GuaranteeSide;
}

/** Guarantees that either side promises. */
export function compareGuarantees(
  base: readonly Run[],
  run: readonly Run[],
  trials: Trials,
): readonly ComparedGuarantee[] {
  const names = new Set([...base, ...run].flatMap(({ generator }) => generator.promises.map(nameOf)));
  return [...names].map((name) => {
    const [before, now] = [sideOf(base, name), sideOf(run, name)];
    const isOnePromise = isOneOf([...base, ...run].map((of) => promiseOf(of, name)));
    return { name, base: before, run: now, ...judge(before, now, isOnePromise, name, trials) };
  });
}

function promiseOf({ generator }: Run, name: string): Promise_ | undefined {
  return generator.promises.find((promise) => nameOf(promise) === name);
}

const isOneOf = (promises: readonly (Promise_ | undefined)[]): boolean =>
  promises.every((promise) => isDeepStrictEqual(promise, promises[0]));

/** How a run kept its promise; undefined: it made none. Where the run proves nothing, neither does its silence. */
function verdictOf(run: Run, name: string): Verdict | undefined {
  if (promiseOf(run, name) === undefined) return undefined;
  const verdict = findingOf(run, name)?.verdict ?? 'unknown';
  return verdict === 'pass' && doubtAbout(run) !== undefined ? 'unknown' : verdict;
}

function findingOf({ findings }: Run, name: string): Run['findings'][number] | undefined {
  return findings.find((finding) => finding.promised && nameOf(finding) === name);
}

/** The gravest verdict of its runs: one that breaks it is enough. */
function sideOf(runs: readonly Run[], name: string): GuaranteeSide {
  const verdicts = runs.map((run) => verdictOf(run, name)).filter((verdict) => verdict !== undefined);
  if (verdicts.length === 0) return { verdict: undefined, words: 'not promised' };
  const broken = brokenIn(runs, name);
  const count = broken
    .map((run) => findingOf(run, name))
    .reduce((sum, finding) => sum + (finding === undefined ? 0 : finding.violations - finding.outsideAssumptions), 0);
  const inRuns = runs.length === 1 ? '' : ` in ${broken.length} of ${runs.length} runs`;
  // A run that did not promise it, among others that did, is no proof of anything.
  const verdict = gravest(verdicts.length < runs.length ? [...verdicts, 'unknown'] : verdicts);
  return { verdict, words: broken.length > 0 ? `broken${inRuns}, ${grouped(count)} times` : WORDS[verdict] };
}

const WORDS: Readonly<Record<Verdict, string>> = { pass: 'kept', fail: 'broken', unknown: 'unknown' };

const brokenIn = (runs: readonly Run[], name: string): readonly Run[] =>
  runs.filter((run) => verdictOf(run, name) === 'fail');

function judge(
  { verdict: before }: GuaranteeSide,
  { verdict: now }: GuaranteeSide,
  isOnePromise: boolean,
  name: string,
  trials: Trials,
): Judged {
  if (now === undefined) return { change: 'worse', why: 'RUN does not promise it any more.' };
  if (before === undefined)
    return now === 'pass'
      ? { change: 'better', why: 'RUN promises it too, and kept it.' }
      : now === 'fail'
        ? { change: 'worse', why: 'RUN promises it too, and broke it.' }
        : { change: 'cannot tell', why: 'RUN promises it too, and it is not known whether it kept it.' };
  if (before === 'unknown' || now === 'unknown')
    return { change: 'cannot tell', why: `It is not known whether ${before === 'unknown' ? 'BASE' : 'RUN'} kept it.` };
  if (before === 'pass' && now === 'fail')
    return { change: 'worse', why: `RUN broke it, and BASE did not${beside(trials)}. One violation is enough.` };
  if (!isOnePromise)
    return { change: 'cannot tell', why: 'Its bounds or its assumptions are not the same on both sides.' };
  if (before === now) return { change: 'same', why: now === 'pass' ? 'Kept on both sides.' : 'Broken on both sides.' };
  return noLonger(name, trials);
}

const beside = ({ confounded }: Trials): string => (confounded === undefined ? '' : `, though ${confounded}`);

/** BASE broke it, and RUN did not: whether that is more than luck. */
function noLonger(name: string, { base, run, confounded }: Trials): Judged {
  const broken = brokenIn(base, name).length;
  const found = `BASE broke it in ${broken} of ${base.length}, and RUN in none of ${run.length}`;
  if (confounded !== undefined) return { change: 'cannot tell', why: `${found}, but ${confounded}.` };
  const luck = chanceOfNone(broken, base.length, run.length);
  return luck <= (1 - CONFIDENCE) / 2
    ? { change: 'better', why: `${found}: of equal things that comes about in ${percent(luck)} of all cases.` }
    : {
        change: 'cannot tell',
        why: `${found}: that may be luck, for of equal things it comes about in ${percent(luck)} of all cases. Repeat both.`,
      };
}

/** The chance that all `broken` of `n + m` runs fall among the `n`, when it makes no difference (Fisher's exact test). */
export function chanceOfNone(broken: number, n: number, m: number): number {
  return Array.from({ length: broken }, (_, i) => (n - i) / (n + m - i)).reduce((chance, one) => chance * one, 1);
}
