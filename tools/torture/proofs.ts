/**
 * Three proofs of a scenario on a real driver: its honest generator passes; a mutant that it is there to show fails with
 * the right guarantee and cause, as it does in the simulator; the same mutant passes with the disturbances taken out.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { SnowglobeError } from '../../harness/core/errors.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import { generatorFiles, loadGenerator, loadScenario, scenarioFiles } from '../../harness/registry.ts';
import type { Lab } from '../lab.ts';
import { isCaught } from '../scoreboard/cell.ts';
import { needsDisturbance } from '../scoreboard/problems.ts';
import type { Trial } from './trial.ts';

/** A real run may miss a window of microseconds that the simulator aims at. */
const TRIES = 3;

/** `these`: which scenarios, in the order of their names, the first being 1. */
export async function* proveScenarios(lab: Lab, driver: string, these: readonly number[]): AsyncIterable<Trial> {
  const names = scenarioFiles().map(({ name }) => name);
  const mutants = (await Promise.all(generatorFiles().map(({ name }) => loadGenerator(name))))
    .map(({ generator }) => generator)
    .filter(({ mutant }) => mutant !== undefined);
  for (const index of these) {
    const name = names[index - 1];
    if (name === undefined) return;
    try {
      yield* prove(lab, driver, await loadScenario(name), mutants);
    } catch (error) {
      // A scenario that needs what the driver cannot do here is said, and the others go on.
      if (!(error instanceof SnowglobeError)) throw error;
      yield { generator: name, seed: '1', verdict: 'unknown', broken: [], doubts: [`not run: ${error.message}`] };
    }
  }
}

async function* prove(
  lab: Lab,
  driver: string,
  scenario: Scenario,
  mutants: readonly Generator[],
): AsyncIterable<Trial> {
  const { name } = scenario;
  yield await honestPasses(lab, driver, scenario);
  const shown = mutants.find(({ mutant }) => mutant!.shownBy.includes(name));
  if (shown === undefined) return;
  yield await mutantFails(lab, driver, scenario, shown);
  if (needsDisturbance(shown.mutant!, name)) yield await mutantPassesCalm(lab, driver, scenario, shown);
}

async function honestPasses(lab: Lab, driver: string, { name, generator }: Scenario): Promise<Trial> {
  const run = await lab.run({ scenario: name, driver, generator, seed: '1' });
  return { ...run, generator: `${generator} through ${name}` };
}

/** Up to three runs, until one fails: it has to be for a guarantee and a cause that the mutant states. */
export async function mutantFails(
  lab: Lab,
  driver: string,
  { name }: Pick<Scenario, 'name'>,
  { name: generator, mutant }: Generator,
): Promise<Trial> {
  const told = { generator: `${generator} through ${name}, to be caught` };
  let seen = '';
  for (let seed = 1; seed <= TRIES; seed++) {
    const run = await lab.run({ scenario: name, driver, generator, seed: String(seed) });
    seen = `${run.broken.join(', ') || run.verdict}: ${Object.values(run.causes).flat().join(', ') || 'no cause'}`;
    if (run.verdict !== 'fail') continue;
    const caught = isCaught(run, mutant!);
    return {
      ...told,
      seed: run.seed,
      verdict: caught ? 'pass' : 'fail',
      broken: caught ? [] : run.broken,
      doubts: [],
      remark: seen,
    };
  }
  return { ...told, seed: String(TRIES), verdict: 'fail', broken: ['not caught'], doubts: [], remark: seen };
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
