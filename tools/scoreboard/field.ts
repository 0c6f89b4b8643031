/** What a scoreboard is about. */
import type { Generator } from '../../harness/core/generator.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import { combinationProblems } from '../../harness/engine/preflight.ts';
import { loadGenerators, loadScenarios } from '../../harness/registry.ts';

/** Whether a generator can take part in a scenario at all: both want the same kind of coordinator. */
export type Fits = (generator: Generator, scenario: Scenario) => boolean;

export interface Field {
  readonly generators: readonly Generator[];
  readonly scenarios: readonly Scenario[];
  readonly fits: Fits;
}

/** All generators and scenarios of the project. */
export async function loadField(): Promise<Field> {
  const [generators, scenarios] = await Promise.all([loadGenerators(), loadScenarios()]);
  return { generators, scenarios, fits };
}

/** A generator takes part where the scenario has the coordinator that it needs, and nodes that it can run on. */
export function fits(generator: Generator, scenario: Scenario): boolean {
  return combinationProblems(scenario, generator).length === 0;
}
