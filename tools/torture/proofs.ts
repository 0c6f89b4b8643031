/**
 * Three proofs of a scenario on a real driver: its honest generator passes; a mutant that it is there to show fails with
 * the right guarantee and cause, as it does in the simulator; the same mutant passes with the disturbances taken out.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { SnowglobeError } from '../../harness/core/errors.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import { combinationProblems } from '../../harness/engine/preflight.ts';
import { loadDriver, loadGenerators, loadScenario, scenarioFiles } from '../../harness/registry.ts';
import type { Lab, LabRun } from '../lab.ts';
import { needsDisturbance } from '../scoreboard/problems.ts';
import { trialOf } from './caught.ts';
import type { Trial } from './trial.ts';

/** A real run may miss a window of microseconds that the simulator aims at. */
const TRIES = 3;

/** `these`: which scenarios, in the order of their names, the first being 1. */
export async function* proveScenarios(lab: Lab, driver: string, these: readonly number[]): AsyncIterable<Trial> {
  const mutants = (await loadGenerators()).filter(({ mutant }) => mutant !== undefined);
  yield* throughScenarios(these, (scenario) => prove(lab, driver, scenario, mutants));
}

/** The first of the three proofs alone: each scenario's own generator keeps its promises and meets the scenario's SLOs. */
export async function* honestThroughScenarios(
  lab: Lab,
  driver: string,
  these: readonly number[],
): AsyncIterable<Trial> {
  yield* throughScenarios(these, async function* (scenario) {
    yield await honestPasses(lab, driver, scenario);
  });
}

async function* throughScenarios(
  these: readonly number[],
  trials: (scenario: Scenario) => AsyncIterable<Trial>,
): AsyncIterable<Trial> {
  const names = scenarioFiles().map(({ name }) => name);
  for (const index of these) {
    const name = names[index - 1];
    if (name === undefined) return;
    try {
      yield* trials(await loadScenario(name));
    } catch (error) {
      // A scenario that needs what the driver cannot do here is said, and the others go on.
      if (!(error instanceof SnowglobeError)) throw error;
      yield {
        generator: `all through ${name}`,
        seed: '1',
        verdict: 'unknown',
        broken: [],
        doubts: [`not run: ${error.message}`],
      };
    }
  }
}

/** The three proofs of one scenario, a trial each; where one cannot be had, a trial says so. */
export async function* prove(
  lab: Lab,
  driver: string,
  scenario: Scenario,
  mutants: readonly Generator[],
): AsyncIterable<Trial> {
  const { name } = scenario;
  yield await honestPasses(lab, driver, scenario);
  const shown = mutantFor(
    name,
    mutants.filter((mutant) => combinationProblems(scenario, mutant).length === 0),
    (await loadDriver(driver)).inProcess !== true,
  );
  if (shown === undefined) {
    yield {
      generator: `no mutant through ${name}`,
      seed: '1',
      verdict: 'fail',
      broken: ['no mutant says that this scenario shows it'],
      doubts: [],
    };
    return;
  }
  const needs = needsDisturbance(shown.mutant!, name);
  const { trial } = await mutantFails(lab, driver, name, shown);
  yield needs
    ? trial
    : {
        ...trial,
        remark: `${trial.remark}; no third proof: none of its mutants needs a disturbance`,
        counted: { 'without a third proof': 1 },
      };
  if (needs) yield await mutantPassesCalm(lab, driver, scenario, shown);
}

/**
 * The mutant that proves a scenario: one that needs its disturbances, so that the third proof can be had, and if there is
 * a choice one that the simulator shows too. Those marked `real` only on a real driver, those marked `simulated` only in
 * the simulator. Undefined: there is none.
 */
export function mutantFor(scenario: string, mutants: readonly Generator[], isReal: boolean): Generator | undefined {
  const shown = mutants.filter(
    ({ mutant }) =>
      mutant?.shownBy.includes(scenario) === true && (isReal ? mutant.simulated !== true : mutant.real !== true),
  );
  const needing = shown.filter(({ mutant }) => needsDisturbance(mutant!, scenario));
  const of = needing.length > 0 ? needing : shown;
  return of.find(({ mutant }) => mutant!.real !== true) ?? of[0];
}

async function honestPasses(lab: Lab, driver: string, { name, generator }: Scenario): Promise<Trial> {
  const run = await lab.run({ scenario: name, driver, generator, seed: '1' });
  const missed = (run.run.slos ?? []).flatMap(({ name: slo, verdict, value }) =>
    verdict === 'fail' ? [`${slo} missed (${value})`] : [],
  );
  return { ...run, generator: `${generator} through ${name}`, broken: [...run.broken, ...missed] };
}

/** Up to three runs, until one fails: for a guarantee and a cause that the mutant states, and for no other guarantee. */
export async function mutantFails(
  lab: Lab,
  driver: string,
  scenario: string,
  { name: generator, mutant }: Generator,
): Promise<{ readonly trial: Trial; readonly run: LabRun }> {
  let run: LabRun;
  let seed = 0;
  do run = await lab.run({ scenario, driver, generator, seed: String(++seed) });
  while (run.verdict !== 'fail' && seed < TRIES);
  return { trial: trialOf(run, mutant!, `${generator} through ${scenario}, to be caught`), run };
}

async function mutantPassesCalm(
  lab: Lab,
  driver: string,
  { name }: Scenario,
  { name: generator }: Generator,
): Promise<Trial> {
  const run = await lab.run({ scenario: name, driver, generator, seed: '1', calm: true });
  return { ...run, generator: `${generator} through ${name} without disturbances` };
}
