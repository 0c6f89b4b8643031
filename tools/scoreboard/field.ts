/** What a scoreboard is about. */
import type { Generator } from '../../harness/core/generator.ts';
import type { Scenario } from '../../harness/core/scenario.ts';

/** Whether a generator can take part in a scenario at all: both want the same kind of coordinator. */
export type Fits = (generator: Generator, scenario: Scenario) => boolean;

export interface Field {
  readonly generators: readonly Generator[];
  readonly scenarios: readonly Scenario[];
  readonly fits: Fits;
}
