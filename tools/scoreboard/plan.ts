/**
 * Which generators go through which scenarios, and with how many seeds. Pure.
 */
import type { Generator } from '../../harness/core/generator.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import type { Place } from './cell.ts';

export interface Seeds {
  /** A mutant through a scenario that is there to show it. */
  readonly own: number;
  /** A mutant through any other. */
  readonly others: number;
  /** An honest generator through a scenario that was written for it. */
  readonly honest: number;
  /** An honest generator through any other. */
  readonly honestOthers: number;
  /** A mutant through its own scenario with the disturbances taken out. */
  readonly calm: number;
}

export const WHOLE: Seeds = { own: 20, others: 3, honest: 20, honestOthers: 3, calm: 3 };
/** What CI has time for. */
export const SAMPLE: Seeds = { own: 3, others: 0, honest: 2, honestOthers: 0, calm: 1 };

export interface Entry extends Place {
  readonly seeds: number;
}

/** `fits` says whether a generator can take part in a scenario at all: both want the same kind of coordinator. */
export function planOf(
  generators: readonly Generator[],
  scenarios: readonly Scenario[],
  seeds: Seeds,
  fits: (generator: Generator, scenario: Scenario) => boolean,
): readonly Entry[] {
  return generators
    .filter(({ mutant }) => mutant?.real !== true)
    .flatMap((generator) =>
      scenarios
        .filter((scenario) => fits(generator, scenario))
        .flatMap((scenario) => entriesOf(generator, scenario, seeds)),
    )
    .filter((entry) => entry.seeds > 0);
}

function entriesOf({ name: generator, mutant }: Generator, scenario: Scenario, seeds: Seeds): readonly Entry[] {
  const place = { generator, scenario: scenario.name, calm: false };
  if (mutant === undefined)
    return [{ ...place, seeds: scenario.generator === generator ? seeds.honest : seeds.honestOthers }];
  if (!mutant.shownBy.includes(scenario.name)) return [{ ...place, seeds: seeds.others }];
  return [
    { ...place, seeds: seeds.own },
    { ...place, calm: true, seeds: seeds.calm },
  ];
}
