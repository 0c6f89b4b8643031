/**
 * Waivers: violations that somebody knows of, each with a reason, a ticket and a last day. What only they cover does not
 * fail a command; what they do not cover does. Pure: the file is read, and the day is asked, at the edge.
 */
import { CAUSES, type Cause } from './cause.ts';
import { EXIT, problem, type Problem } from './errors.ts';
import { GUARANTEE_NAMES, type Guarantee } from './guarantee.ts';
import { counted } from './phrases.ts';
import type { Run } from './run.ts';
import { z } from './schema.ts';
import { shapeProblem } from './shape-problem.ts';
import { brokenGuarantees, exitCodeBesideWaived, missedSlos, subjectOf, type WaivedRecord } from './waived.ts';

const words = z.string().regex(/\S/, 'must say something');
const reference = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]*$|[./]/,
    'must be a name of lower-case words joined by hyphens, or the path of a file such as ./mine.ts',
  );

export const waiverSchema = z
  .strictObject({
    guarantee: z.enum(GUARANTEE_NAMES as [Guarantee, ...Guarantee[]]).exactOptional(),
    slo: words.exactOptional().describe('an SLO by its name; a waiver has either a guarantee or an slo'),
    generator: reference,
    scenario: reference.exactOptional().describe('left out: in every scenario'),
    cause: z
      .enum(Object.keys(CAUSES) as [Cause, ...Cause[]])
      .exactOptional()
      .describe('only where each witness of the guarantee has this cause, or that of another waiver of it'),
    reason: words,
    ticket: words,
    expires: z.iso.date('must be a day such as 2026-12-31').describe('the last day on which it counts, by UTC'),
  })
  .refine(
    ({ guarantee, slo }) => (guarantee === undefined) !== (slo === undefined),
    'needs guarantee or slo, one of them',
  )
  .refine(({ slo, cause }) => slo === undefined || cause === undefined, 'has a cause, which no SLO has');

export type Waiver = z.output<typeof waiverSchema> & {
  /** The file, with the line. */
  readonly where: string;
};

/** One of the list in a file, as it was written. */
export interface WrittenWaiver {
  readonly value: unknown;
  readonly where: string;
}

/** All that is wrong at once. `today`: `2026-11-22`, by UTC. */
export function readWaivers(
  written: readonly WrittenWaiver[],
  today: string,
): { readonly waivers: readonly Waiver[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const waivers: Waiver[] = [];
  for (const { value, where } of written) {
    const parsed = waiverSchema.safeParse(value);
    if (!parsed.success) {
      const wrong = shapeProblem(value, parsed.error, waiverSchema);
      problems.push(problem(`This is no waiver: ${wrong}.`, MEND, where));
      continue;
    }
    const waiver: Waiver = { ...parsed.data, where };
    const first = waivers.find((other) => aimOf(other) === aimOf(waiver));
    if (first !== undefined)
      problems.push(problem(`This waiver is the same as ${first.where}.`, 'Keep one of the two.', where));
    // Days in this form are in the order of their letters.
    if (waiver.expires < today)
      problems.push(
        problem(
          `The waiver of ${aimOf(waiver)} has expired: it counted until ${waiver.expires} (${waiver.ticket}).`,
          'Remove it, or give it a new day if the violation is still known and borne.',
          where,
        ),
      );
    waivers.push(waiver);
  }
  return { waivers, problems };
}

const MEND = 'Give guarantee (or slo), generator, reason, ticket and expires; scenario and cause where you can.';

/** `unique by snowflake in storm (two holders: no lease)`: what a waiver is aimed at. */
export function aimOf({ generator, scenario, cause, ...subject }: Omit<Waiver, 'where'>): string {
  const place = scenario === undefined ? '' : ` in ${scenario}`;
  return `${subjectOf(subject)} by ${generator}${place}${cause === undefined ? '' : ` (${cause})`}`;
}

/**
 * The run with what is waived of it, and the exit code that this leaves; the verdict, the findings and the reasons stay as
 * they are. A run that broke nothing, or of which nothing is waived, comes back as it is.
 */
export function waive(run: Run, waivers: readonly Waiver[]): Run {
  const mine = waivers.filter((waiver) => isAbout(waiver, placeOf(run)));
  const waived = [
    ...brokenGuarantees(run).flatMap((finding) => waivedGuarantee(finding, mine)),
    ...missedSlos(run).flatMap((slo) => waivedSlo(slo.name, mine)),
  ];
  if (run.state !== 'judged' || run.verdict !== 'fail' || waived.length === 0) return run;
  const { measured, ...record } = run;
  return { ...record, waived, exitCode: exitCodeBesideWaived({ ...run, waived }), measured };
}

type Broken = Run['findings'][number];

function waivedGuarantee(finding: Broken, waivers: readonly Waiver[]): readonly WaivedRecord[] {
  const { guarantee, scope } = finding;
  const mine = waivers.filter((waiver) => waiver.guarantee === guarantee);
  const whole = mine.filter(({ cause }) => cause === undefined);
  const causes = causesOf(finding);
  const byCause = mine.filter(({ cause }) => cause !== undefined && causes.includes(cause));
  const isCovered =
    whole.length > 0 || (causes.length > 0 && causes.every((one) => byCause.some(({ cause }) => cause === one)));
  if (!isCovered) return [];
  const violations = finding.violations - finding.outsideAssumptions;
  return [{ guarantee, ...(scope !== undefined && { scope }), violations, by: [...whole, ...byCause].map(toldOf) }];
}

function waivedSlo(slo: string, waivers: readonly Waiver[]): readonly WaivedRecord[] {
  const by = waivers.filter((waiver) => waiver.slo === slo).map(toldOf);
  return by.length === 0 ? [] : [{ slo, violations: 1, by }];
}

/** Of its witnesses, each once; undefined stands for those that have none. What lies outside assumptions is no failure. */
export function causesOf({ witnesses }: Broken): readonly (Cause | undefined)[] {
  const counting = witnesses.filter(({ outsideAssumptions }) => outsideAssumptions !== true);
  return [...new Set(counting.map(({ cause }) => cause))];
}

function toldOf({ cause, reason, ticket, expires }: Waiver): WaivedRecord['by'][number] {
  return { ...(cause !== undefined && { cause }), reason, ticket, expires };
}

/** Where a waiver may be needed, and what came of it. */
export interface Outcome {
  readonly generator: string;
  readonly scenario: string;
  /** Its last attempt; undefined: it was not run. */
  readonly run: Run | undefined;
}

/**
 * Waivers that nothing needed. Of one that is about a run which proved nothing, was interrupted or was never begun,
 * nobody knows; of one that is about no run of this command neither.
 */
export function unusedWaivers(waivers: readonly Waiver[], outcomes: readonly Outcome[]): readonly Problem[] {
  return waivers
    .filter((waiver) => {
      const mine = outcomes.filter((outcome) => isAbout(waiver, outcome));
      return mine.length > 0 && mine.every(({ run }) => run !== undefined && didWithout(waiver, run));
    })
    .map((waiver) =>
      problem(
        `Nothing needed the waiver of ${aimOf(waiver)} (${waiver.ticket}): ${ranHowOften(waiver, outcomes)} without it.`,
        waiver.scenario === undefined
          ? 'Remove it if the violation is gone. Else name the scenario that shows it; if it is right for another run (driver, seed, options), leave it out of this one.'
          : 'Remove it if the violation is gone. If it is right for another run (driver, seed, options), leave it out of this one; if the violation comes and goes, no waiver fits it.',
        waiver.where,
      ),
    );
}

function ranHowOften(waiver: Waiver, outcomes: readonly Outcome[]): string {
  const { length } = outcomes.filter((outcome) => isAbout(waiver, outcome));
  return length === 1
    ? 'the one run that it is about was judged'
    : `all ${counted(length, 'run')} that it is about were judged`;
}

/** Whether it is of this generator, in this scenario. */
export function isAbout({ generator, scenario }: Waiver, place: Omit<Outcome, 'run'>): boolean {
  return generator === place.generator && (scenario === undefined || scenario === place.scenario);
}

const placeOf = ({ generator, scenario }: Run): Omit<Outcome, 'run'> => ({
  generator: generator.name,
  scenario: scenario.name,
});

/** Whether a run is known to have had no need of the waiver. */
function didWithout(waiver: Waiver, run: Run): boolean {
  const isWhole = run.state === 'judged' && run.exitCode !== EXIT.interrupted && run.unknowns.length === 0;
  if (!isWhole) return false;
  if (waiver.slo !== undefined) {
    const slos = (run.slos ?? []).filter((slo) => slo.name === waiver.slo);
    return slos.length > 0 && slos.every(({ verdict }) => verdict === 'pass');
  }
  const mine = run.findings.filter(({ guarantee, promised }) => promised && guarantee === waiver.guarantee);
  return mine.every((finding) => {
    if (finding.verdict !== 'fail') return finding.verdict === 'pass';
    const hasOthers = finding.violations - finding.outsideAssumptions > finding.witnesses.length;
    return waiver.cause !== undefined && !hasOthers && !causesOf(finding).includes(waiver.cause);
  });
}
