/**
 * What a test asks of a run, and the story that it tells when the answer is another one. Pure. An answer is a verdict:
 * what was not judged, or is in doubt, is neither kept nor broken.
 */
import { doubtsOf } from './core/doubts-of.ts';
import { GUARANTEE_NAMES, GUARANTEES } from './core/guarantee.ts';
import type { Guarantee } from './core/guarantee.ts';
import { chooseAmong } from './core/nearest-name.ts';
import { counted, grouped, seconds, times } from './core/phrases.ts';
import { reasonsInShort } from './core/reasons-in-short.ts';
import type { Run } from './core/run.ts';
import type { SloRecord } from './core/slo.ts';
import { figureText, objectiveText } from './core/slo-words.ts';
import type { UnknownReason, Verdict } from './core/verdict.ts';

export interface Answer {
  readonly verdict: Verdict;
  /** What the verdict is of and why, ending with the command that repeats the run. */
  readonly story: string;
}

type Finding = Run['findings'][number];

/** Whether the run passed. */
export function passed(run: Run): Answer {
  if (run.state === 'begun') return answer(run, 'unknown', NOT_JUDGED);
  const { scenario, generator, driver, verdict } = run;
  return answer(run, verdict, [
    `${generator.name} on ${driver}, shaken by ${scenario.name}: ${verdict}.`,
    ...reasonsInShort(run),
    ...run.findings.filter(isBroken).flatMap(witnessed),
  ]);
}

/** Whether a promised guarantee was kept: in all of its scopes, where it has several. */
export function kept(run: Run, guarantee: Guarantee): Answer {
  if (!GUARANTEE_NAMES.includes(guarantee))
    throw new TypeError(`There is no guarantee "${guarantee}". ${chooseAmong(guarantee, GUARANTEE_NAMES)}`);
  if (run.state === 'begun') return answer(run, 'unknown', NOT_JUDGED);
  const findings = run.findings.filter((finding) => finding.guarantee === guarantee);
  const promised = findings.filter((finding) => finding.promised);
  if (!run.generator.promises.some((promise) => promise.guarantee === guarantee))
    return answer(run, 'unknown', [
      `${run.generator.name} does not promise ${guarantee}, so nothing was judged of it.`,
      ...findings.map((finding) => `Without a promise, there were ${figures(finding)}.`),
    ]);
  if (promised.length === 0)
    return answer(run, 'unknown', [`${guarantee} is promised, and was not judged.`, ...reasonsInShort(run)]);
  const broken = promised.filter(isBroken);
  if (broken.length > 0)
    return answer(
      run,
      'fail',
      broken.flatMap((finding) => [
        `${nameOf(finding)} is broken ${times(finding.violations - finding.outsideAssumptions)}: "${GUARANTEES[guarantee]}" There were ${figures(finding)}.`,
        ...witnessed(finding),
      ]),
    );
  const unsure = promised.filter(({ verdict }) => verdict === 'unknown');
  const doubts = inWords(doubtsOf(run, guarantee));
  if (unsure.length > 0 || doubts.length > 0)
    return answer(run, 'unknown', [`Whether ${guarantee} was kept is not known.`, ...doubts]);
  return answer(
    run,
    'pass',
    promised.map((finding) => `${nameOf(finding)} was kept: ${figures(finding)}.`),
  );
}

/** Whether an SLO was met. */
export function met(run: Run, name: string): Answer {
  if (run.state === 'begun') return answer(run, 'unknown', NOT_JUDGED);
  const slos = run.slos ?? [];
  const slo = slos.find((one) => one.name === name);
  if (slo === undefined)
    return answer(run, 'unknown', [
      isAskedFor(run, name)
        ? `The scenario asks for ${name}, and this run on ${run.driver} did not judge it${whyLeftOut(run, name)}`
        : slos.length === 0
          ? `No SLO was asked of this run, and so not "${name}".`
          : `This run has no SLO called "${name}". ${chooseAmong(
              name,
              slos.map((one) => one.name),
            )}`,
    ]);
  const doubts = slo.verdict === 'pass' ? inWords(doubtsOf(run, { slo: name })) : [];
  const said = { pass: 'was met', fail: 'was missed', unknown: 'could not be judged' } as const;
  const verdict = doubts.length > 0 ? 'unknown' : slo.verdict;
  return answer(run, verdict, [`${name} ${said[verdict]}: ${objective(slo)}`, ...doubts]);
}

function isAskedFor({ scenario: { slos = [] } }: Run, name: string): boolean {
  return slos.some((slo) => (slo.name ?? slo.indicator) === name);
}

/** By the remark of the run: `2 SLOs (latency-p50, latency-p99) are not judged in this run: …`. */
function whyLeftOut({ reasons }: Run, name: string): string {
  const why = reasons.flatMap((reason) => {
    const [, names, told] = /^\d+ SLOs? \((.*?)\) (?:is|are) not judged in this run: (.*)$/.exec(reason) ?? [];
    return names?.split(', ').includes(name) === true && told !== undefined ? [told] : [];
  });
  return why[0] === undefined ? '; its reasons may say why.' : `: ${why[0]}`;
}

const NOT_JUDGED = ['The run was never judged: it has no verdict.'];

function answer(run: Run, verdict: Verdict, lines: readonly string[]): Answer {
  return { verdict, story: [...lines, `To see it again: ${run.command}`].join('\n') };
}

const isBroken = ({ promised, verdict }: Finding): boolean => promised && verdict === 'fail';

const nameOf = ({ guarantee, scope }: Finding): string => (scope === undefined ? guarantee : `${guarantee} (${scope})`);

function figures({ violations, checked, unit, undecided, outsideAssumptions }: Finding): string {
  return [
    `${counted(violations, 'violation')} in ${grouped(checked)} ${unit}`,
    ...(outsideAssumptions > 0 ? [`${grouped(outsideAssumptions)} outside assumptions`] : []),
    ...(undecided > 0 ? [`${grouped(undecided)} undecided`] : []),
  ].join(', ');
}

/** The clearest witness: `explain` puts it first. */
function witnessed({ witnesses: [witness] }: Finding): readonly string[] {
  if (witness === undefined) return [];
  const { at, what, cause, explanation } = witness;
  return [
    `At ${seconds(at)}: ${what}`,
    ...(cause === undefined ? [] : [`Because: ${cause}.`]),
    ...(explanation === undefined ? [] : [explanation]),
  ];
}

function inWords(doubts: readonly UnknownReason[]): readonly string[] {
  return doubts.map(({ reason, scope, detail }) => `${reason} (${scope}): ${detail}`);
}

function objective({ what, where, objective: bound, value, unit, samples, minSamples, detail }: SloRecord): string {
  return [
    `${what}, ${where}: ${value === undefined ? 'no value' : figureText(unit, value)}, ${objectiveText(unit, bound)},`,
    `of ${counted(samples, 'sample')}, ${grouped(minSamples)} at the least.`,
    ...(detail === undefined ? [] : [detail]),
  ].join(' ');
}
