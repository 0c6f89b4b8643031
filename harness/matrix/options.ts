/**
 * Which options a generator reads, found out by what it refuses: it refuses one that it knows for its value, and one that
 * it does not know for its name. Pure.
 */
import type { Generator } from '../core/generator.ts';
import type { Json } from '../core/json.ts';
import type { Scenario } from '../core/scenario.ts';
import { generatorProblems } from '../engine/preflight.ts';

/** A name that no generator gives an option. */
const STRANGER = 'noSuchOption';
/** A value that no option can have. */
const IMPOSSIBLE = null;

export function withOption(scenario: Scenario, option: string, value: Json): Scenario {
  const { cluster } = scenario;
  return { ...scenario, cluster: { ...cluster, options: { ...cluster.options, [option]: value } } };
}

/** Why the generator cannot run on the nodes of the scenario; undefined: it can. */
export function refusal(scenario: Scenario, generator: Generator): string | undefined {
  return generatorProblems(scenario, generator)[0]?.what;
}

/** A generator that refuses nothing is taken to read what the scenario gives: nothing tells. */
export function readsOption(scenario: Scenario, generator: Generator, option: string): boolean {
  const base = refusal(scenario, generator) === undefined ? scenario : withoutOptions(scenario);
  const ofStranger = refusal(withOption(base, STRANGER, IMPOSSIBLE), generator);
  if (ofStranger === undefined || refusal(base, generator) !== undefined) return isGiven(scenario, option);
  const ofOption = refusal(withOption(base, option, IMPOSSIBLE), generator);
  return ofOption?.replaceAll(`'${option}'`, `'${STRANGER}'`) !== ofStranger;
}

/** The options that the generator names when it refuses one, as far as it reads them, and those that the scenario gives. */
export function optionsRead(scenario: Scenario, generator: Generator): readonly string[] {
  const told = refusal(withOption(withoutOptions(scenario), STRANGER, IMPOSSIBLE), generator) ?? '';
  const words = told.match(/\b[a-z]\w+\b/g) ?? [];
  return [...new Set([...words, ...Object.keys(scenario.cluster.options)])].filter((word) =>
    readsOption(scenario, generator, word),
  );
}

const withoutOptions = (scenario: Scenario): Scenario => ({
  ...scenario,
  cluster: { ...scenario.cluster, options: {}, perNode: {} },
});

function isGiven({ cluster: { options, perNode } }: Scenario, option: string): boolean {
  return [options, ...Object.values(perNode)].some((given) => option in given);
}
