/**
 * All that is checked before a run starts, and what makes a machine ready for it: the same for the command line and for
 * the library. Nothing here prints, but through `log`.
 */
import { randomInt } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Driver, GeneratorSource } from '../core/driver.ts';
import type { Problem } from '../core/errors.ts';
import { badInput, environmentLacks, EXIT, refuse } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import type { Axis } from '../core/matrix.ts';
import type { Scenario } from '../core/scenario.ts';
import type { ReadyDriver } from '../engine/driver-problems.ts';
import { machineProblems, missingCoordinator } from '../engine/driver-problems.ts';
import { combinationProblems, scenarioProblems } from '../engine/preflight.ts';
import type { RunRequest } from '../engine/run-request.ts';
import { sizedToUrls } from '../engine/sized-to-urls.ts';
import type { WayWords } from '../core/way-in.ts';
import { withoutDisturbances } from '../engine/timetable.ts';
import type { Combination, MatrixPlan } from '../matrix/plan.ts';
import { planMatrix } from '../matrix/plan.ts';
import { withFoundModule } from '../module-probe.ts';
import type { Parts } from '../registry.ts';
import { driversByRank, fileOf, loadDriver, loadParts, loadScenarios } from '../registry.ts';
import type { ChosenLoad } from './choose-load.ts';
import { chooseLoad } from './choose-load.ts';
import type { GeneratorAsked } from './generator-source.ts';
import { generatorSource } from './generator-source.ts';
import { sweepDead } from './heal.ts';
import { sloSetOf, withSlos } from './slo-set.ts';
import { chooseStore } from './store.ts';

/** What a run is asked for with; left out: the best there is, or a default. */
export interface Asked {
  readonly driver: string | undefined;
  readonly generator: GeneratorAsked | undefined;
  /** Flags of a way in, as they were written. */
  readonly way?: WayWords | undefined;
  readonly seed: string | undefined;
  readonly store: string | undefined;
  readonly withoutDisturbances: boolean;
  /** Which SLOs are judged; undefined: the scenario's own. */
  readonly slo: string | undefined;
  /** Who asks for IDs; undefined: the best that is here. */
  readonly load: string | undefined;
  /** Axes, such as `ttl=5,30`: every combination is run; left out: each scenario is run once. */
  readonly matrix?: readonly string[] | undefined;
}

/** A scenario, and what it was called by: a name, a path, or the name that it bears itself. */
export interface Given {
  readonly reference: string;
  readonly scenario: Scenario;
}

/** What has been checked, and can be started. */
export interface Ready extends Pick<RunRequest, 'driver' | 'openStore'> {
  readonly seed: string;
  readonly parts: Parts;
  readonly load: ChosenLoad;
  /** In the order in which they were given; of a matrix, its combinations. */
  readonly items: readonly (Given & { readonly generator: GeneratorSource; readonly cell?: Combination })[];
  /** Of a matrix. */
  readonly axes?: readonly Axis[];
}

type Log = (line: string) => void;

/** Throws a SnowglobeError that names all that is wrong: exit code 2, or 3 where the machine lacks something. */
export async function preflight(
  asked: Asked,
  load: () => Promise<readonly Given[]>,
  log: Log,
  /** Of several runs on one driver: that which was found ready before the first. */
  chosen?: ReadyDriver,
): Promise<Ready> {
  const seed = seedOf(asked.seed);
  const slos = sloSetOf(asked.slo);
  const parts = await loadParts();
  const { faults } = parts;
  const given = (await load()).map(({ reference, scenario }) => ({ reference, scenario: withSlos(scenario, slos) }));
  const problems = given.flatMap(({ reference, scenario }) =>
    inFile(reference, scenario, scenarioProblems(scenario, parts)),
  );
  refuse(EXIT.badInput, problems);
  let items: Ready['items'][number][] = [];
  for (const { reference, scenario } of given)
    items.push({
      reference,
      scenario: asked.withoutDisturbances ? withoutDisturbances(scenario) : scenario,
      generator: await generatorFor(asked, reference, scenario),
    });
  items = items.map((item) => {
    const scenario = sizedToUrls(item.scenario, item.generator.generator);
    if (scenario !== item.scenario) log(`${item.reference}: as many nodes as URLs, ${scenario.cluster.nodes}.`);
    return { ...item, scenario };
  });
  const matrix = asked.matrix === undefined ? undefined : await matrixOf(asked, asked.matrix, items, parts);
  if (matrix !== undefined)
    items = matrix.combinations.map((cell) => ({ reference: given[0]!.reference, ...cell, cell }));
  const strangers = items.flatMap(({ reference, scenario, generator: { generator } }) =>
    inFile(reference, scenario, combinationProblems(scenario, generator)),
  );
  refuse(EXIT.badInput, await withFitting(strangers, items));
  const ready = chosen ?? (await chooseDriver(asked.driver, items, log));
  const { driver } = ready;
  const missing = items.flatMap(({ reference, scenario, generator: { generator } }) =>
    inFile(reference, scenario, machineProblems(scenario, generator, faults, ready)),
  );
  refuse(EXIT.environment, missing);
  items = await foundModules(items);
  const client = chooseLoad(
    asked.load,
    driver,
    items.map(({ scenario }) => scenario),
    { driverAsked: asked.driver !== undefined },
  );
  if (client.told !== undefined) log(client.told);
  const openStore = await chooseStore(driver, asked.store);
  const axes = matrix === undefined ? {} : { axes: matrix.axes };
  return { seed, parts, items, ...axes, driver, load: client, openStore };
}

/** Each generator is looked at once, however many runs there are of it. */
async function foundModules(items: Ready['items']): Promise<Ready['items'][number][]> {
  const found = new Map<GeneratorSource, Promise<GeneratorSource>>();
  for (const { generator } of items) if (!found.has(generator)) found.set(generator, withFoundModule(generator));
  return Promise.all(
    items.map(async (item) => ({ ...item, generator: (await found.get(item.generator)) as GeneratorSource })),
  );
}

/** Sweeps what dead runs left, and has the driver make ready what its runs share. */
export async function prepare(driver: Driver, log: Log, signal: AbortSignal): Promise<void> {
  const { swept, left } = await sweepDead([driver], undefined, log);
  for (const { runId, driver: name } of swept) log(`Swept what the dead run ${runId} left (${name}).`);
  for (const { runId, driver: name, why, failed } of left)
    if (failed) log(`What the dead run ${runId} left (${name}) could not be swept: ${why}`);
  await driver.prepare({ log, signal });
  signal.throwIfAborted();
}

/** The combinations of the one scenario, all checked. */
async function matrixOf(
  { generator, way, seed }: Asked,
  words: readonly string[],
  [item, ...others]: Ready['items'],
  parts: Parts,
): Promise<MatrixPlan> {
  if (item === undefined || others.length > 0)
    throw badInput(
      `A matrix is of one scenario, and there are ${others.length + 1}.`,
      'Name one, or run them one after the other.',
      '--matrix',
    );
  const flags = { generator: generator !== undefined, seed: seed !== undefined };
  const load = (reference: string, where: string): Promise<GeneratorSource> => generatorSource(reference, way, where);
  return planMatrix({ ...item, parts, words, flags, load });
}

/** Paths in a file are seen from the file. */
function besideScenario(generator: string, file: string): string {
  return /^\.{1,2}\//.test(generator) ? resolve(dirname(file), generator) : generator;
}

/** The one that the user names, or that the scenario does. */
function generatorFor(
  { generator, way, matrix = [] }: Asked,
  reference: string,
  scenario: Scenario,
): Promise<GeneratorSource> {
  if (generator !== undefined) return generatorSource(generator, way);
  // Flags beside an axis are for the generators of the axis.
  const flags = matrix.some((axis) => axis.startsWith('generator=')) ? {} : way;
  const file = fileOf(reference);
  const named = file === undefined ? scenario.generator : besideScenario(scenario.generator, file);
  return generatorSource(named, flags, `${file ?? reference}: generator`);
}

const FITTING_MAX = 3;

/** The same, and where all runs are of one generator, which scenarios it can be taken through. */
async function withFitting(problems: readonly Problem[], items: Ready['items']): Promise<readonly Problem[]> {
  const [generator, ...others] = new Set(items.map(({ generator: { generator } }) => generator));
  if (problems.length === 0 || generator === undefined || others.length > 0) return problems;
  const fitting = (await loadScenarios())
    .filter((scenario) => combinationProblems(scenario, generator).length === 0)
    // Those that were written for it first.
    .toSorted((a, b) => Number(b.generator === generator.name) - Number(a.generator === generator.name))
    .map(({ name }) => name)
    .slice(0, FITTING_MAX);
  if (fitting.length === 0) return problems;
  const advice = ` Scenarios that fit ${generator.name}: ${fitting.join(', ')}.`;
  return problems.map((one) => ({ ...one, remedy: `${one.remedy}${advice}` }));
}

/** Problems of a scenario that was given by its path begin with the file, in place of its name. */
function inFile(reference: string, { name }: Scenario, problems: readonly Problem[]): readonly Problem[] {
  const file = fileOf(reference);
  return problems.map((one) =>
    file !== undefined && one.where?.startsWith(name) === true
      ? { ...one, where: `${file}${one.where.slice(name.length)}` }
      : one,
  );
}

/** The driver of this name. Throws where it cannot be used on this machine. */
export async function readyDriver(name: string): Promise<ReadyDriver> {
  const driver = await loadDriver(name);
  const readiness = await driver.readiness();
  refuse(EXIT.environment, readiness.problems);
  return { driver, readiness };
}

/** Whether its nodes are started by a command of this machine. */
function isCommandHere({ node }: Generator): boolean {
  return 'command' in node && node.command !== undefined && node.image === undefined;
}

/** The one that the user names; else the first that is ready and can run all the nodes and coordinators. */
async function chooseDriver(name: string | undefined, items: Ready['items'], log: Log): Promise<ReadyDriver> {
  if (name !== undefined) return readyDriver(name);
  const isCommand = items.some(({ generator: { generator } }) => isCommandHere(generator));
  const drivers = (await driversByRank()).toSorted((a, b) =>
    // The image that a container is made of lacks what a command of this machine may need, such as its interpreter.
    isCommand ? Number(b.runsHere ?? false) - Number(a.runsHere ?? false) : 0,
  );
  for (const driver of drivers) {
    if (items.some(({ generator: { generator } }) => driver.refuses(generator.node) !== undefined)) continue;
    const readiness = await driver.readiness();
    const missing = items.flatMap(({ scenario }) => missingCoordinator(scenario, readiness));
    const problems = new Set([...readiness.problems, ...missing].map(({ what }) => what));
    if (problems.size === 0) {
      log(`Driver ${driver.name}: ${driver.summary}`);
      return { driver, readiness };
    }
    log(`Driver ${driver.name} cannot be used: ${[...problems].join(' ')}`);
  }
  throw environmentLacks('No driver can be used on this machine.', 'Run `snowglobe doctor` to see what each needs.');
}

function seedOf(seed: string | undefined): string {
  if (seed === undefined) return String(randomInt(2 ** 32));
  if (!/^\d{1,15}$/.test(seed))
    throw badInput(
      `"${seed}" is no seed.`,
      'Give a whole number from 0 to 999999999999999 (15 digits), such as 42.',
      '--seed',
    );
  return String(Number(seed));
}
