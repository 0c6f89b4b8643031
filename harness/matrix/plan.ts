/**
 * All combinations of a matrix, checked before anything starts: what is wrong with an axis, with one of its values, and
 * with values together, all at once.
 */
import type { GeneratorSource } from '../core/driver.ts';
import type { Problem } from '../core/errors.ts';
import { EXIT, problem, refuse, SnowglobeError } from '../core/errors.ts';
import type { Axis } from '../core/matrix.ts';
import { labelOf } from '../core/matrix.ts';
import type { Scenario } from '../core/scenario.ts';
import { combinationProblems, scenarioProblems } from '../engine/preflight.ts';
import { validateScenario } from '../registry.ts';
import { combine, readAxes } from './axes.ts';
import type { Choice, Choosing } from './choices.ts';
import { chooseAll } from './choices.ts';

/** One combination, ready to be run. */
export interface Combination {
  readonly values: readonly string[];
  readonly scenario: Scenario;
  readonly generator: GeneratorSource;
  /** What `--generator` would say, where an axis names generators. */
  readonly generatorReference?: string;
  /** Undefined: that of the command. */
  readonly seed?: string;
  /** Axes that no flag of its own stands for, as `--matrix` takes them. */
  readonly flags: readonly string[];
}

export interface MatrixPlan {
  readonly axes: readonly Axis[];
  readonly combinations: readonly Combination[];
}

export interface MatrixRequest extends Choosing {
  /** As they were given: `ttl=5,30`. */
  readonly words: readonly string[];
  /** Flags that say the same as an axis would. */
  readonly flags: { readonly generator: boolean; readonly seed: boolean };
  readonly parts: Parameters<typeof scenarioProblems>[1];
}

/** Throws a SnowglobeError with exit code 2 and all problems. */
export async function planMatrix(request: MatrixRequest): Promise<MatrixPlan> {
  const given = readAxes(request.words);
  const { axes, problems } = await chooseAll(given.axes, request);
  const found = [...given.problems, ...flagProblems(given.axes, request.flags), ...problems];
  // As many as there are problems of: too many combinations are not looked at one by one.
  // Where no axis can be had, what there is to say is said of them.
  const combinations =
    given.problems.length > 0 || axes.length === 0
      ? []
      : combine(axes.map(({ choices }) => choices)).map((choices) => combined(choices, request));
  const together = combinations.flatMap(({ choices, scenario, generator }) => {
    const where = `--matrix ${labelOf(
      choices.map(({ axis }) => ({ name: axis })),
      choices.map(({ value }) => value),
    )}`;
    return wrongTogether(scenario, generator, choices, request).map((one) => ({
      ...one,
      where: one.where === undefined ? where : `${where}: ${one.where}`,
    }));
  });
  const all = [...found, ...once(together)];
  refuse(EXIT.badInput, all);
  return {
    axes: axes.map(({ name, unit, values }) => ({ name, values, ...(unit !== undefined && { unit }) })),
    combinations: combinations.map(({ choices, ...rest }) => ({
      ...rest,
      values: choices.map(({ value }) => value),
      flags: choices
        .filter(({ axis }) => axis !== 'generator' && axis !== 'seed')
        .map(({ axis, value }) => `${axis}=${value}`),
    })),
  };
}

function flagProblems(axes: readonly { readonly name: string }[], flags: MatrixRequest['flags']): readonly Problem[] {
  return (['generator', 'seed'] as const)
    .filter((name) => flags[name] && axes.some((axis) => axis.name === name))
    .map((name) => problem(`There is an axis ${name}, and --${name} too.`, `Leave --${name} out.`, `--${name}`));
}

function combined(choices: readonly Choice[], { scenario, generator }: MatrixRequest) {
  const named = choices.find((choice) => choice.generator !== undefined);
  const seed = choices.find((choice) => choice.seed !== undefined)?.seed;
  return {
    choices,
    scenario: choices.reduce((changed, { apply }) => apply(changed), scenario),
    generator: named?.generator ?? generator,
    ...(named !== undefined && { generatorReference: named.value }),
    ...(seed !== undefined && { seed: String(Number(seed)) }),
  };
}

function wrongTogether(
  scenario: Scenario,
  { generator }: GeneratorSource,
  choices: readonly Choice[],
  { parts }: MatrixRequest,
): readonly Problem[] {
  try {
    validateScenario(scenario, scenario.name);
  } catch (error) {
    if (error instanceof SnowglobeError) return error.problems;
    throw error;
  }
  return [
    ...scenarioProblems(scenario, parts),
    ...combinationProblems(scenario, generator),
    ...leaseProblems(scenario, choices),
  ];
}

/** A keep-alive that is sent when the lease is over keeps nothing. A scenario may ask for that; an axis runs into it. */
function leaseProblems({ cluster: { options } }: Scenario, choices: readonly Choice[]): readonly Problem[] {
  const { ttlMs, heartbeatMs } = options;
  const isAxis = choices.some(({ axis }) => /^(ttl|heartbeat)(Ms)?$/.test(axis));
  return isAxis && typeof ttlMs === 'number' && typeof heartbeatMs === 'number' && heartbeatMs >= ttlMs
    ? [
        problem(
          `A heartbeat of ${heartbeatMs / 1000} s is not shorter than the TTL of ${ttlMs / 1000} s: the lease would end before it is kept alive.`,
          'Take a heartbeat of a third of the shortest TTL, or less.',
        ),
      ]
    : [];
}

/** Of what many combinations have in common, the first one with how many more there are. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return [...Map.groupBy(problems, ({ what }) => what).values()].map((same) => {
    const [first] = same as [Problem];
    const more = same.length - 1;
    return more === 0
      ? first
      : { ...first, where: `${first.where} (and ${more} more ${more === 1 ? 'combination' : 'combinations'})` };
  });
}
