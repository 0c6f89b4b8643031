/**
 * Mutants whose bug the simulator cannot show, marked `real`: each through its scenarios on a real driver, run by run. The
 * scoreboard leaves them out; this is where they are caught.
 */
import type { Generator } from '../../harness/core/generator.ts';
import type { Lab } from '../lab.ts';
import { trialOf } from './caught.ts';
import type { Trial } from './trial.ts';

/** A trial for each mutant, scenario and seed; one that did not catch the mutant is no pass. */
export async function* catchReal(
  lab: Lab,
  driver: string,
  generators: readonly Generator[],
  seeds: readonly number[],
): AsyncIterable<Trial> {
  for (const { name, mutant } of generators) {
    if (mutant?.real !== true) continue;
    for (const scenario of mutant.shownBy)
      for (const seed of seeds) {
        const run = await lab.run({ scenario, driver, generator: name, seed: String(seed) });
        yield trialOf(run, mutant, `${name} through ${scenario}`);
      }
  }
}
