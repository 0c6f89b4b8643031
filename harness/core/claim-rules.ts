/**
 * What may be said of a claim, whatever its own judge makes of the runs. Pure.
 *
 * - A run that is missing or proved nothing never lets a claim hold, nor a figure stand.
 * - A claim holds only where a control was broken by the same scenario: what nothing can break proves nothing.
 * - What is broken stays broken: a witness needs no further runs. A run that proved nothing has none: what it lacks, such
 *   as IDs of a store that was lost, is no silence of a node.
 */
import type {
  AskedRun,
  CarriedOut,
  Claim,
  ClaimRecord,
  Control,
  DriverName,
  Judgement,
  Part,
  PartRecord,
  Trial,
} from './claim.ts';
import { counted } from './phrases.ts';
import type { Run } from './run.ts';

/** Looks up what became of a run; undefined: nobody carried it out. */
export type Outcomes = (asked: AskedRun) => CarriedOut | undefined;

export function judgeClaim({ name, claim, note, parts }: Claim, driver: DriverName, outcomes: Outcomes): ClaimRecord {
  return {
    name,
    claim,
    ...(note !== undefined && { note }),
    parts: parts.map((part) => judgePart(name, part, driver, outcomes)),
  };
}

/** The runs that a part rests on; none where it is judged without, or means nothing on this driver. */
export function runsOf(part: Part, driver: DriverName): readonly AskedRun[] {
  if (part.kind !== 'trial' || !means(part, driver)) return [];
  const { scenario, generator, control, seeds } = part;
  return [generator, ...(control === undefined ? [] : [control.generator])].flatMap((one) =>
    seedsOf(seeds).map((seed) => ({ scenario, generator: one, seed })),
  );
}

const means = ({ only }: Trial, driver: DriverName): boolean => only === undefined || only.drivers.includes(driver);

const seedsOf = (seeds: number): readonly string[] => Array.from({ length: seeds }, (_, index) => String(index + 1));

function judgePart(claim: string, part: Part, driver: DriverName, outcomes: Outcomes): PartRecord {
  const { kind, says } = part;
  const runs = runsOf(part, driver);
  const judged = (judgement: Judgement): PartRecord => ({ says, by: kind, runs, ...judgement });
  if (kind === 'calculation') return judged(part.judge());
  if (kind === 'unjudged') return judged(not(part.because));
  if (part.only !== undefined && !means(part, driver)) {
    const { drivers, because } = part.only;
    return judged(not(`${because} \`snowglobe claims ${claim} --driver ${drivers[0]}\` judges it.`));
  }
  return judged(judgeTrial(part, runs, outcomes));
}

function judgeTrial(trial: Trial, asked: readonly AskedRun[], outcomes: Outcomes): Judgement {
  const of = (generator: string): readonly (CarriedOut | undefined)[] =>
    asked.filter((one) => one.generator === generator).map(outcomes);
  const all = of(trial.generator);
  const runs = all.flatMap(runIn);
  const proven = runs.filter(({ verdict }) => verdict !== 'unknown');
  const judged = proven.length === 0 ? undefined : trial.judge(proven);
  if (judged?.outcome === 'broken') return judged;
  const doubt = lost(all) ?? unknown(runs);
  if (doubt !== undefined) return not(doubt);
  // None is lost or unknown, so that there are runs and their judgement.
  if (judged?.outcome !== 'held') return judged!;
  const failed = runs.find(({ verdict }) => verdict !== 'pass');
  if (failed !== undefined) return not(`Seed ${failed.seed} failed for another reason: ${failed.reasons.join(' ')}`);
  return controlled(trial, trial.control === undefined ? undefined : of(trial.control.generator), judged);
}

const runIn = (one: CarriedOut | undefined): readonly Run[] => (one !== undefined && 'run' in one ? [one.run] : []);

function lost(all: readonly (CarriedOut | undefined)[]): string | undefined {
  const missing = all.filter((one) => runIn(one).length === 0);
  if (missing.length === 0) return undefined;
  const why = missing.flatMap((one) => (one !== undefined && 'failed' in one ? [one.failed] : []))[0];
  return `${counted(missing.length, 'run')} of ${all.length} could not be carried out${why === undefined ? '' : `: ${why}`}.`;
}

function unknown(runs: readonly Run[]): string | undefined {
  const doubtful = runs.filter(({ verdict }) => verdict === 'unknown');
  if (doubtful.length === 0) return undefined;
  const reasons = new Set(doubtful.flatMap(({ unknowns }) => unknowns.map(({ reason }) => reason)));
  return `${counted(doubtful.length, 'run')} of ${runs.length} proved nothing: ${[...reasons].join(', ') || 'no reason told'}.`;
}

/** Holds only where the scenario broke what leaves the rule out. */
function controlled(
  { control }: Trial,
  all: readonly (CarriedOut | undefined)[] | undefined,
  judged: Judgement,
): Judgement {
  if (control === undefined || all === undefined)
    return not('Nothing broke, and no generator is known that this scenario would have broken.');
  const caught = all.flatMap(runIn).filter((run) => broke(run, control)).length;
  if (caught === 0)
    return not(
      `Nothing broke, and neither did ${control.generator}, which leaves the rule out: the scenario did not try it.`,
    );
  return {
    ...judged,
    because: `${judged.because} ${control.generator}, which leaves the rule out, was caught in ${caught} of ${all.length}.`,
  };
}

function broke({ findings }: Run, { breaks }: Control): boolean {
  return findings.some(
    ({ promised, verdict, guarantee }) => promised && verdict === 'fail' && breaks.includes(guarantee),
  );
}

const not = (because: string): Judgement => ({ outcome: 'not judged', because });
