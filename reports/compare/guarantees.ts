/** One guarantee on two sides. One violation proves it broken; no number of runs proves it kept for ever. */
import { doubtsOf } from '../../harness/core/doubts-of.ts';
import type { Run } from '../../harness/core/run.ts';
import { gravest } from '../../harness/core/verdict.ts';
import type { Verdict } from '../../harness/core/verdict.ts';
import { nameOf } from '../shared/outcomes.ts';
import { grouped } from '../shared/words.ts';
import type { Judged } from './figures.ts';
import { REPETITIONS_MIN } from './shift.ts';

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
export function compareGuarantees(base: readonly Run[], run: readonly Run[]): readonly ComparedGuarantee[] {
  const promised = [...base, ...run].flatMap(({ findings }) => findings.filter((finding) => finding.promised));
  return [...new Set(promised.map(nameOf))].map((name) => {
    const [before, now] = [sideOf(base, name), sideOf(run, name)];
    return { name, base: before, run: now, ...judge(before.verdict, now.verdict, Math.min(base.length, run.length)) };
  });
}

/** The gravest verdict of its runs: one that breaks it is enough. */
function sideOf(runs: readonly Run[], name: string): GuaranteeSide {
  const findings = runs.flatMap((run) =>
    run.findings.filter((finding) => nameOf(finding) === name).map((finding) => inDoubt(finding, run)),
  );
  const promised = findings.filter((finding) => finding.promised);
  if (promised.length === 0) return { verdict: undefined, words: 'not promised' };
  const verdict = promised.length < runs.length ? 'unknown' : gravest(promised.map((finding) => finding.verdict));
  const broken = promised.filter((finding) => finding.verdict === 'fail');
  const count = broken.reduce((sum, { violations }) => sum + violations, 0);
  const inRuns = runs.length === 1 ? '' : ` in ${broken.length} of ${runs.length} runs`;
  return {
    verdict,
    words: broken.length > 0 ? `broken${inRuns}, ${grouped(count)} times` : verdict === 'pass' ? 'kept' : 'unknown',
  };
}

/** A pass of a run that is in doubt is not earned, and no repetition of one that is. */
function inDoubt(finding: Run['findings'][number], run: Run): Run['findings'][number] {
  return finding.verdict === 'pass' && doubtsOf(run, finding.guarantee).length > 0
    ? { ...finding, verdict: 'unknown' }
    : finding;
}

function judge(before: Verdict | undefined, now: Verdict | undefined, runs: number): Judged {
  if (now === undefined) return { change: 'worse', why: 'RUN does not promise it any more.' };
  if (before === undefined)
    return now === 'pass'
      ? { change: 'better', why: 'RUN promises it too, and kept it.' }
      : now === 'fail'
        ? { change: 'worse', why: 'RUN promises it too, and broke it.' }
        : { change: 'cannot tell', why: 'RUN promises it too, and it is not known whether it kept it.' };
  if (before === 'unknown' || now === 'unknown')
    return { change: 'cannot tell', why: `It is not known whether ${before === 'unknown' ? 'BASE' : 'RUN'} kept it.` };
  if (before === now) return { change: 'same', why: now === 'pass' ? 'Kept on both sides.' : 'Broken on both sides.' };
  if (now === 'fail') return { change: 'worse', why: 'RUN broke it, and BASE did not.' };
  return runs >= REPETITIONS_MIN
    ? { change: 'better', why: `BASE broke it, and RUN did not in ${runs} repetitions or more.` }
    : {
        change: 'cannot tell',
        why: `BASE broke it, and RUN did not this time: repeat both ${REPETITIONS_MIN} times to rule out luck.`,
      };
}
