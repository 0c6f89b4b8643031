/**
 * Which generators go through which scenarios, and with how many seeds. Pure.
 */
import type { Generator } from '../../harness/core/generator.ts';
import type { Scenario } from '../../harness/core/scenario.ts';
import type { Place } from './cell.ts';
import type { Fits } from './field.ts';
import { needsDisturbance } from './problems.ts';

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

export const WHOLE: Seeds = { own: 20, others: 3, honest: 5, honestOthers: 3, calm: 3 };
/** Of a sample, where the first seed does not show it. */
const SAMPLE_SEEDS = 3;

export interface Entry extends Place {
  readonly seeds: number;
  /** What the first seed must come to; the others are not needed then. Without it all of them are. */
  readonly shows?: 'pass' | 'caught';
}

export function planOf(
  generators: readonly Generator[],
  scenarios: readonly Scenario[],
  seeds: Seeds,
  fits: Fits,
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

/**
 * What CI has time for: the three proofs of every scenario, every mutant caught once, and every honest generator passing
 * once. An honest generator passes; a mutant fails; the same one passes without the disturbances, unless its bug needs none.
 */
export function sampleOf(
  generators: readonly Generator[],
  scenarios: readonly Scenario[],
  fits: Fits,
): readonly Entry[] {
  const honest = scenarios.flatMap((scenario) =>
    generators
      .filter((one) => one.mutant === undefined && one.name === scenario.generator && fits(one, scenario))
      .map(({ name }) => sampled({ generator: name, scenario: scenario.name, calm: false }, 'pass')),
  );
  const pairs = pairsOf(generators, scenarios, fits);
  return [
    ...honest,
    ...guestsOf(generators, scenarios, fits),
    ...pairs.map(({ place }) => sampled(place, 'caught')),
    ...pairs
      .filter(({ provesScenario, needs }) => provesScenario && needs)
      .map(({ place }) => sampled({ ...place, calm: true }, 'pass')),
  ];
}

/** Honest generators for which no scenario was written, each in the first that it fits. */
function guestsOf(generators: readonly Generator[], scenarios: readonly Scenario[], fits: Fits): readonly Entry[] {
  return generators
    .filter(({ name, mutant }) => mutant === undefined && !scenarios.some(({ generator }) => generator === name))
    .flatMap((generator) => {
      const scenario = scenarios.find((one) => fits(generator, one));
      const place = { generator: generator.name, calm: false };
      return scenario === undefined ? [] : [sampled({ ...place, scenario: scenario.name }, 'pass')];
    });
}

const sampled = (place: Place, shows: Entry['shows'] & string): Entry => ({ ...place, seeds: SAMPLE_SEEDS, shows });

interface Pair {
  readonly place: Place;
  /** Whether the bug shows in this scenario only when something goes wrong. */
  readonly needs: boolean;
}

/** Each mutant once, in a scenario that no other has taken if there is one; then the scenarios that nobody took. */
function pairsOf(
  generators: readonly Generator[],
  scenarios: readonly Scenario[],
  fits: Fits,
): readonly (Pair & { readonly provesScenario: boolean })[] {
  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  const pairs: readonly Pair[] = generators.flatMap((generator) => {
    const { name, mutant } = generator;
    if (mutant === undefined || mutant.real === true) return [];
    return mutant.shownBy
      .filter((scenario) => byName.has(scenario) && fits(generator, byName.get(scenario)!))
      .map((scenario) => ({
        place: { generator: name, scenario, calm: false },
        needs: needsDisturbance(mutant, scenario),
      }));
  });
  // The third proof takes a bug that needs a disturbance, where there is one.
  const withThird = new Set(pairs.filter(({ needs }) => needs).map(({ place }) => place.scenario));
  const proved = new Set<string>();
  const proves = ({ place, needs }: Pair): boolean =>
    !proved.has(place.scenario) && (needs || !withThird.has(place.scenario));
  const take = (pair: Pair): Pair & { readonly provesScenario: boolean } => {
    const provesScenario = proves(pair);
    if (provesScenario) proved.add(pair.place.scenario);
    return { ...pair, provesScenario };
  };
  const byMutant = [...Map.groupBy(pairs, ({ place }) => place.generator).values()];
  const oneEach = byMutant
    .toSorted((one, other) => one.length - other.length)
    .map((own) => take(own.find(proves) ?? own[0]!));
  return [...oneEach, ...pairs.flatMap((pair) => (proves(pair) ? [take(pair)] : []))];
}
