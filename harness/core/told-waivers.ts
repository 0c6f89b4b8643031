/** What became of each waiver of a command, and what no waiver covers, in a line each. Pure. */
import type { Cause } from './cause.ts';
import { counted } from './phrases.ts';
import type { Run } from './run.ts';
import { brokenGuarantees, missedSlos, subjectOf, waivedOf } from './waived.ts';
import { aimOf, causesOf, isAbout, type Outcome, type Waiver } from './waivers.ts';

/** Of each waiver whether it covered something and, where it did not, the nearest reason; nothing without waivers. */
export function tellWaivers(waivers: readonly Waiver[], outcomes: readonly Outcome[]): readonly string[] {
  if (waivers.length === 0) return [];
  const open = outcomes.flatMap(({ run, scenario }) => (run === undefined ? [] : uncovered(run, scenario)));
  return [
    ...waivers.map((waiver) => `Waiver ${waiver.where} of ${aimOf(waiver)}: ${toldOf(waiver, outcomes)}.`),
    ...(open.length === 0 ? [] : [`Covered by no waiver: ${[...new Set(open)].join(', ')}.`]),
  ];
}

function toldOf(waiver: Waiver, outcomes: readonly Outcome[]): string {
  const covered = outcomes.flatMap(({ run, scenario }) => {
    const violations = run === undefined ? 0 : violationsCovered(waiver, run);
    return violations === 0 ? [] : [`${counted(violations, 'violation')} in ${scenario}`];
  });
  return covered.length > 0
    ? `covers ${[...new Set(covered)].join(', ')}`
    : `covers nothing; ${whyNothing(waiver, outcomes)}`;
}

/** 0: it covered nothing of the run. */
function violationsCovered(waiver: Waiver, run: Run): number {
  if (!isAbout(waiver, { generator: run.generator.name, scenario: run.scenario.name })) return 0;
  return (run.waived ?? [])
    .filter(({ guarantee, slo, by }) => {
      const isOfIt = guarantee === waiver.guarantee && slo === waiver.slo;
      return isOfIt && by.some(({ ticket, cause }) => ticket === waiver.ticket && cause === waiver.cause);
    })
    .reduce((sum, { violations }) => sum + violations, 0);
}

/** Where it comes to the aim and there are several runs, of the first of them: a waiver is mended one reason at a time. */
function whyNothing(waiver: Waiver, outcomes: readonly Outcome[]): string {
  const distinct = (names: readonly string[]): string => [...new Set(names)].join(', ');
  const ofGenerator = outcomes.filter(({ generator }) => generator === waiver.generator);
  if (ofGenerator.length === 0)
    return `it is for the generator ${waiver.generator}, and this command runs ${distinct(outcomes.map(({ generator }) => generator))}`;
  const [first, ...others] = ofGenerator.filter((outcome) => isAbout(waiver, outcome));
  if (first === undefined)
    return `it is for the scenario ${waiver.scenario}, and this command runs ${waiver.generator} in ${distinct(ofGenerator.map(({ scenario }) => scenario))}`;
  // The run that is nearest to being covered: one that broke what the waiver is about.
  const nearest = [first, ...others].find(({ run }) => run !== undefined && isBrokenIn(waiver, run)) ?? first;
  return nearest.run === undefined ? `${nearest.scenario} was not run` : whyNotIn(waiver, nearest.run);
}

function isBrokenIn({ guarantee, slo }: Waiver, run: Run): boolean {
  return slo === undefined
    ? brokenGuarantees(run).some((finding) => finding.guarantee === guarantee)
    : missedSlos(run).some(({ name }) => name === slo);
}

/** Of a run of its generator and its scenario. */
function whyNotIn(waiver: Waiver, run: Run): string {
  const { guarantee, slo, cause } = waiver;
  const place = run.scenario.name;
  const subject = subjectOf(waiver);
  if (run.state !== 'judged') return `${place} was not judged`;
  const broken = brokenGuarantees(run).filter((finding) => finding.guarantee === guarantee);
  if (broken.length > 0) return `${guarantee} was broken in ${place} ${byOtherCauses(broken, cause)}`;
  const verdicts =
    slo === undefined
      ? run.findings.filter((one) => one.guarantee === guarantee && one.promised).map(({ verdict }) => verdict)
      : (run.slos ?? []).filter(({ name }) => name === slo).map(({ verdict }) => verdict);
  if (verdicts.includes('unknown')) return `whether ${subject} held in ${place} is not known`;
  if (verdicts.length > 0) return `${subject} ${slo === undefined ? 'was kept' : 'was met'} in ${place}`;
  if (slo !== undefined || run.generator.promises.some((promise) => promise.guarantee === guarantee))
    return `${subject} was not judged in ${place}`;
  return `${run.generator.name} does not promise ${guarantee}`;
}

/** Only a cause of its own keeps a waiver from covering what it is about. */
function byOtherCauses(broken: Run['findings'], own: Cause | undefined): string {
  const causes = new Set(broken.flatMap(causesOf));
  const others = [...causes].filter((cause) => cause !== own);
  // Not all violations have a witness, and without a witness there is no cause.
  const named = others.length === 0 ? [undefined] : others;
  const words = named.map((cause) => (cause === undefined ? 'a cause that is not known' : `"${cause}"`));
  return `by ${own !== undefined && causes.has(own) ? 'other causes too' : 'another cause'}: ${words.join(', ')}`;
}

function uncovered(run: Run, scenario: string): readonly string[] {
  if (run.state !== 'judged') return [];
  const subjects = [...brokenGuarantees(run), ...missedSlos(run).map(({ name }) => ({ slo: name }))];
  return subjects
    .filter((subject) => waivedOf(run, subject) === undefined)
    .map((subject) => `${subjectOf(subject)} by ${run.generator.name} in ${scenario}`);
}
