/** What each value of an axis does to the scenario, and what is wrong with it, told of the axis. */
import type { GeneratorSource } from '../core/driver.ts';
import type { Problem } from '../core/errors.ts';
import { problem, SnowglobeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Axis } from '../core/matrix.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import type { Scenario } from '../core/scenario.ts';
import type { GivenAxis } from './axes.ts';
import { whereOf } from './axes.ts';
import { optionsRead, readsOption, refusal, withOption } from './options.ts';

/** One value of an axis. */
export interface Choice {
  readonly axis: string;
  readonly value: string;
  /** Names another generator. */
  readonly generator?: GeneratorSource;
  readonly seed?: string;
  /** The scenario with it. */
  readonly apply: (scenario: Scenario) => Scenario;
}

/** An axis with those of its values that can be had. */
export interface ChosenAxis extends Axis {
  readonly choices: readonly Choice[];
}

export interface Chosen {
  readonly axes: readonly ChosenAxis[];
  readonly problems: readonly Problem[];
}

/** An axis that is no option; `read` returns what a value does, or what is wrong with it. */
interface Fixed {
  readonly read: (value: string) => ((scenario: Scenario) => Scenario) | string;
}

const unchanged = (scenario: Scenario): Scenario => scenario;
const SEED = /^\d{1,15}$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Axes that are no option of a generator. */
const FIXED: Readonly<Record<string, Fixed>> = {
  generator: { read: () => unchanged },
  nodes: {
    read: whole(1, 64, 'nodes', (nodes) => (scenario) => ({ ...scenario, cluster: { ...scenario.cluster, nodes } })),
  },
  // The scenario asks for so many holders, and the generator is told of so many worker IDs.
  pool: {
    read: whole(1, 1024, 'worker IDs', (pool) => (scenario) => withOption({ ...scenario, pool }, 'pool', pool)),
  },
  // The simulator has a load of its own, thinner: an axis that it did not follow would show nothing there.
  load: {
    read: (value) => {
      const idsPerSecond = Number(value);
      if (!NUMBER.test(value) || idsPerSecond <= 0) return `"${value}" is no number of IDs a second and node`;
      return (scenario) => {
        const { simulated } = scenario.load;
        const batchesPerSecond = idsPerSecond / simulated.batch.mean;
        return { ...scenario, load: { ...scenario.load, idsPerSecond, simulated: { ...simulated, batchesPerSecond } } };
      };
    },
  },
  seed: { read: (value) => (SEED.test(value) ? unchanged : `"${value}" is no seed`) },
};

const FIXED_REMEDY: Readonly<Record<string, string>> = {
  nodes: 'Give whole numbers from 1 to 64.',
  pool: 'Give whole numbers from 1 to 1024.',
  load: 'Give numbers above 0, such as 20000.',
  seed: 'Give whole numbers from 0 to 999999999999999 (15 digits).',
};

export interface Choosing {
  readonly scenario: Scenario;
  /** That of the scenario or of --generator, where no axis names any. */
  readonly generator: GeneratorSource;
  readonly load: (reference: string, where: string) => Promise<GeneratorSource>;
}

export async function chooseAll(given: readonly GivenAxis[], choosing: Choosing): Promise<Chosen> {
  const generators = await generatorChoices(given, choosing);
  const sources =
    generators === undefined ? [choosing.generator] : generators.choices.flatMap(({ generator }) => generator ?? []);
  const axes: ChosenAxis[] = [];
  const problems: Problem[] = [...(generators?.problems ?? [])];
  const optionOf = new Map<string, string>();
  for (const axis of given) {
    const { name, values } = axis;
    if (name === 'generator') {
      axes.push({ name, values, choices: generators?.choices ?? [] });
      continue;
    }
    const fixed = FIXED[name];
    if (fixed !== undefined) {
      const read = values.map((value) => ({ value, result: fixed.read(value) }));
      for (const { value, result } of read)
        if (typeof result === 'string')
          problems.push(problem(`${result}.`, FIXED_REMEDY[name] ?? '', whereOf(name, value)));
      const choices = read.flatMap(({ value, result }) =>
        typeof result === 'string'
          ? []
          : [{ axis: name, value, apply: result, ...(name === 'seed' && { seed: value }) }],
      );
      axes.push({ name, values, choices });
      continue;
    }
    const chosen = optionChoices(axis, choosing.scenario, sources);
    problems.push(...chosen.problems);
    if (chosen.axis === undefined) continue;
    const other = optionOf.get(chosen.option);
    if (other !== undefined)
      problems.push(problem(`${other} and ${name} are one option.`, 'Give one of them.', `--matrix ${name}`));
    optionOf.set(chosen.option, name);
    axes.push(chosen.axis);
  }
  return { axes, problems };
}

async function generatorChoices(
  given: readonly GivenAxis[],
  { load }: Choosing,
): Promise<{ readonly choices: readonly Choice[]; readonly problems: readonly Problem[] } | undefined> {
  const axis = given.find(({ name }) => name === 'generator');
  if (axis === undefined) return undefined;
  const choices: Choice[] = [];
  const problems: Problem[] = [];
  for (const value of axis.values)
    try {
      const generator = await load(value, whereOf('generator', value));
      choices.push({ axis: 'generator', value, generator, apply: unchanged });
    } catch (error) {
      if (!(error instanceof SnowglobeError)) throw error;
      problems.push(...error.problems);
    }
  return { choices, problems };
}

interface OptionChoices {
  readonly axis?: ChosenAxis;
  readonly option: string;
  readonly problems: readonly Problem[];
}

/** An option by its name; one in milliseconds by its name without `Ms` too, in seconds. */
function optionChoices(
  { name, values }: GivenAxis,
  scenario: Scenario,
  sources: readonly GeneratorSource[],
): OptionChoices {
  const readersOf = (option: string): readonly GeneratorSource[] =>
    sources.filter(({ generator }) => readsOption(scenario, generator, option));
  const found = [name, `${name}Ms`].find((option) => readersOf(option).length > 0);
  // Without a generator nothing can be told of its options, and what is wrong with the generators is told already.
  if (found === undefined)
    return { option: name, problems: sources.length === 0 ? [] : [stranger(name, scenario, sources)] };
  const isSeconds = found !== name;
  const readers = readersOf(found);
  const problems: Problem[] = [];
  const choices: Choice[] = [];
  for (const value of values) {
    const where = whereOf(name, value);
    if (isSeconds && !NUMBER.test(value)) {
      problems.push(problem(`"${value}" is no number of seconds.`, 'Give numbers, such as 5 or 0.5.', where));
      continue;
    }
    const candidates = isSeconds ? [milliseconds(value)] : readings(value);
    const wrong = (candidate: Json): string | undefined => refusedBy(readers, scenario, found, candidate);
    const taken = candidates.find((candidate) => wrong(candidate) === undefined);
    if (taken === undefined)
      problems.push(problem(wrong(candidates[0]!) ?? '', `Give another value of ${found}.`, where));
    else choices.push({ axis: name, value, apply: (of) => withOption(of, found, taken) });
  }
  return { axis: { name, values, ...(isSeconds && { unit: 's' as const }), choices }, option: found, problems };
}

/** Seconds to milliseconds, without what 0.1 × 1000 leaves behind the point. */
const milliseconds = (value: string): number => Math.round(Number(value) * 1e6) / 1e3;

/** What a word may stand for, the most particular first: the generator says which of them it takes. */
function readings(value: string): readonly Json[] {
  if (NUMBER.test(value)) return [Number(value), value];
  if (value === 'true' || value === 'false') return [value === 'true', value];
  return [value];
}

/** Why one of the generators that read the option does not take this value of it. */
function refusedBy(
  readers: readonly GeneratorSource[],
  scenario: Scenario,
  option: string,
  value: Json,
): string | undefined {
  for (const { generator } of readers) {
    // What is refused whatever the value is no fault of the value.
    if (refusal(scenario, generator) !== undefined) continue;
    const why = refusal(withOption(scenario, option, value), generator);
    if (why !== undefined) return why;
  }
  return undefined;
}

function stranger(name: string, scenario: Scenario, sources: readonly GeneratorSource[]): Problem {
  const options = new Set(sources.flatMap(({ generator }) => optionsRead(scenario, generator)));
  const names = [...Object.keys(FIXED), ...[...options].map((option) => option.replace(/Ms$/, ''))];
  const generators = sources.map(({ generator }) => generator.name).join(', ');
  return problem(
    `There is no axis "${name}": ${generators} ${sources.length === 1 ? 'reads' : 'read'} no option of that name.`,
    chooseAmong(name, [...new Set(names)]),
    `--matrix ${name}`,
  );
}

/** Reads a whole number within bounds. */
function whole(
  min: number,
  max: number,
  what: string,
  apply: (value: number) => (scenario: Scenario) => Scenario,
): Fixed['read'] {
  return (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= min && number <= max ? apply(number) : `"${value}" is no number of ${what}`;
  };
}
