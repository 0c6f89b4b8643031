/** `snowglobe run`: checks everything that can be checked, then runs each scenario and tells the verdict. */
import { randomInt } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Driver, GeneratorSource, Readiness } from '../core/driver.ts';
import type { ExitCode, Problem } from '../core/errors.ts';
import { badInput, environmentLacks, EXIT, SnowglobeError } from '../core/errors.ts';
import type { Axis, Matrix } from '../core/matrix.ts';
import { generatorLabel } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';
import type { Scenario } from '../core/scenario.ts';
import { driverProblems, missingCoordinator } from '../engine/driver-problems.ts';
import { abilityProblems, combinationProblems, scenarioProblems } from '../engine/preflight.ts';
import { thisOwner } from '../engine/owner.ts';
import { newRunId } from '../engine/run-id.ts';
import type { RunRequest } from '../engine/run-scenario.ts';
import { runScenario } from '../engine/run-scenario.ts';
import { plannedLengthMs, shapeOf, withoutDisturbances } from '../engine/timetable.ts';
import { startOpenLoop } from '../load/open-loop.ts';
import type { Combination, MatrixPlan } from '../matrix/plan.ts';
import { planMatrix } from '../matrix/plan.ts';
import {
  describeGenerator,
  driversByRank,
  fileOf,
  loadDriver,
  loadGenerator,
  loadParts,
  loadScenario,
} from '../registry.ts';
import { chooseStore } from './store.ts';
import { createProgress } from '../telemetry/progress.ts';
import { summaryText } from '../telemetry/summary-text.ts';
import { verdictText } from '../telemetry/verdict-text.ts';
import { sweepDead } from './heal.ts';
import { onInterrupt, orInterruption, type Interruption } from './interruption.ts';
import { endMatrix } from './matrix.ts';
import { makeRunsFolder } from './runs-folder.ts';
import type { Output } from './output.ts';

export interface RunArguments {
  readonly scenarios: readonly string[];
  readonly driver: string | undefined;
  readonly generator: string | undefined;
  readonly seed: string | undefined;
  readonly store: string | undefined;
  readonly runs: string;
  readonly withoutDisturbances: boolean;
  /** Axes of `--matrix`, such as `ttl=5,30`; undefined: each scenario is run once. */
  readonly matrix: readonly string[] | undefined;
}

export async function run(args: RunArguments, output: Output): Promise<ExitCode> {
  const plan = await preflight(args, output);
  const interruption = onInterrupt(output);
  try {
    const { swept, left } = await sweepDead([plan.driver]);
    for (const { runId, driver } of swept) output.text(`Swept what the dead run ${runId} left (${driver}).`);
    for (const { runId, driver, why, failed } of left)
      if (failed) output.text(`What the dead run ${runId} left (${driver}) could not be swept: ${why}`);
    await plan.driver.prepare({ log: (line) => output.text(line), signal: interruption.signal });
    interruption.signal.throwIfAborted();
    const { runs, folders, failure } = await runAll(plan, interruption, output);
    const matrix = await endedMatrix(plan, runs, folders, output);
    const exitCode = concluded(runs, failure, interruption, output, matrix);
    const names = plan.items.map(({ scenario }) => scenario.name);
    if (names.length > 1 && matrix === undefined)
      output.text(summaryText(names, runs, { stream: output.stream, exitCode }));
    return exitCode;
  } catch (error) {
    throw orInterruption(error, interruption);
  } finally {
    interruption.dispose();
  }
}

/** All that is known and checked before anything starts. */
interface Plan extends Pick<RunRequest, 'faults' | 'hazards' | 'checkers' | 'reporters' | 'driver' | 'openStore'> {
  readonly args: RunArguments;
  readonly seed: string;
  readonly runsFolder: string;
  /** In the order of the arguments. */
  readonly items: readonly {
    readonly reference: string;
    readonly scenario: Scenario;
    readonly generator: GeneratorSource;
    /** Of a combination of a matrix. */
    readonly cell?: Combination;
  }[];
  readonly axes?: readonly Axis[];
}

async function preflight(args: RunArguments, output: Output): Promise<Plan> {
  const seed = seedOf(args.seed);
  const { reporters, ...parts } = await loadParts();
  const { faults, hazards } = parts;
  // One file after the other: of one that ends the process, or never ends loading, it is known which it was.
  const given: { readonly reference: string; readonly scenario: Scenario }[] = [];
  for (const reference of args.scenarios) given.push({ reference, scenario: await loadScenario(reference) });
  const problems = given.flatMap(({ reference, scenario }) =>
    inFile(reference, scenario, scenarioProblems(scenario, faults, hazards)),
  );
  if (problems.length > 0) throw new SnowglobeError(EXIT.badInput, problems);
  let items: Plan['items'][number][] = [];
  for (const { reference, scenario } of given)
    items.push({
      reference,
      scenario: args.withoutDisturbances ? withoutDisturbances(scenario) : scenario,
      generator: await generatorFor(args.generator, reference, scenario),
    });
  const matrix = args.matrix === undefined ? undefined : await matrixOf(args, args.matrix, items, parts);
  if (matrix !== undefined)
    items = matrix.combinations.map((cell) => ({ reference: args.scenarios[0] as string, ...cell, cell }));
  const strangers = items.flatMap(({ reference, scenario, generator: { generator } }) =>
    inFile(reference, scenario, combinationProblems(scenario, generator)),
  );
  if (strangers.length > 0) throw new SnowglobeError(EXIT.badInput, strangers);
  const { driver, readiness } = await chooseDriver(args.driver, output);
  const missing = items.flatMap(({ reference, scenario, generator: { generator } }) => [
    ...inFile(reference, scenario, abilityProblems(scenario, faults, driver.name, readiness.abilities)),
    ...driverProblems(generator, driver),
    ...missingCoordinator(scenario, readiness),
  ]);
  if (missing.length > 0) throw new SnowglobeError(EXIT.environment, missing);
  const openStore = await chooseStore(driver, args.store);
  const runsFolder = makeRunsFolder(args.runs);
  return {
    args,
    seed,
    items,
    ...(matrix !== undefined && { axes: matrix.axes }),
    ...parts,
    reporters: [...reporters.values()].filter(({ always }) => always === true),
    driver,
    openStore,
    runsFolder,
  };
}

/** The combinations of the one scenario, all checked. */
async function matrixOf(
  { generator, seed }: RunArguments,
  words: readonly string[],
  [item, ...others]: Plan['items'],
  parts: Pick<RunRequest, 'faults' | 'hazards'>,
): Promise<MatrixPlan> {
  if (item === undefined || others.length > 0)
    throw badInput(
      `A matrix is of one scenario, and there are ${others.length + 1}.`,
      'Name one, or run them one after the other.',
      '--matrix',
    );
  const flags = { generator: generator !== undefined, seed: seed !== undefined };
  return planMatrix({ ...item, ...parts, words, flags, load: loadGenerator });
}

/** Of a matrix: writes its page, of as much as was run. */
async function endedMatrix(
  { args, axes, items, driver, seed, runsFolder }: Plan,
  runs: readonly Run[],
  folders: readonly string[],
  output: Output,
): Promise<Matrix | undefined> {
  const [first] = items;
  if (axes === undefined || first === undefined || runs.length === 0) return undefined;
  return endMatrix(
    {
      ...first,
      axes,
      runsFolder,
      driver: driver.name,
      combinations: items.length,
      carriedOut: runs.map((run, index) => ({
        run,
        folder: folders[index] as string,
        values: items[index]?.cell?.values ?? [],
      })),
      command: repeatCommand(args, first.reference, driver.name, first.cell?.seed === undefined ? seed : undefined),
      exitCode: worstExit(runs),
    },
    output,
  );
}

/** The one that the user names, or that the scenario does. */
function generatorFor(named: string | undefined, reference: string, scenario: Scenario): Promise<GeneratorSource> {
  if (named !== undefined) return loadGenerator(named);
  return loadGenerator(scenario.generator, `${fileOf(reference) ?? reference}: generator`);
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

interface Outcome {
  readonly runs: readonly Run[];
  /** Of each run. */
  readonly folders: readonly string[];
  /** What ended the series early. */
  readonly failure?: { readonly error: unknown };
}

/** Tells of the failure and writes the document, as far as there is one; the exit code of the command. */
function concluded(
  runs: readonly Run[],
  failure: Outcome['failure'],
  { signal }: Interruption,
  output: Output,
  matrix: Matrix | undefined,
): ExitCode {
  if (failure !== undefined) {
    const exitCode = output.error(failure.error, runs.length === 0 ? {} : { runs });
    // What was judged before stays judged: a broken guarantee outweighs the error that came after it.
    return worstExit(runs) === EXIT.guaranteeBroken && !signal.aborted ? EXIT.guaranteeBroken : exitCode;
  }
  if (output.json) output.document(matrix ?? (runs.length === 1 ? runs[0] : runs), '');
  return signal.aborted ? EXIT.interrupted : worstExit(runs);
}

/** One scenario after the other, until one cannot be launched or the user interrupts. */
async function runAll(plan: Plan, interruption: Interruption, output: Output): Promise<Outcome> {
  const runs: Run[] = [];
  const folders: string[] = [];
  for (const item of plan.items) {
    if (interruption.signal.aborted) break;
    try {
      const { run, folder } = await runOne(item, plan, interruption, output);
      runs.push(run);
      folders.push(folder);
    } catch (error) {
      return { runs, folders, failure: { error: orInterruption(error, interruption) } };
    }
  }
  return { runs, folders };
}

async function runOne(
  { reference, scenario, generator, cell }: Plan['items'][number],
  plan: Plan,
  interruption: Interruption,
  output: Output,
): Promise<{ readonly run: Run; readonly folder: string }> {
  const { driver, runsFolder } = plan;
  const seed = cell?.seed ?? plan.seed;
  const runId = newRunId();
  const folder = runFolder(runsFolder, scenario.name, runId);
  const shown = relative(process.cwd(), folder);
  const progress = createProgress(output.stream);
  const command = repeatCommand(argumentsOf(plan.args, cell), reference, driver.name, seed);
  const header = { scenario, generator: describeGenerator(generator), driver: driver.name, seed, command };
  progress.event({
    at: 0,
    kind: 'begin',
    scenario: scenario.name,
    generator: generatorLabel(header.generator),
    driver: driver.name,
    seed,
    folder: shown,
    plannedMs: plannedLengthMs(scenario),
    nodes: shapeOf(scenario).nodes,
  });
  let judged: Run | undefined;
  // Not past the live view: it would take the line for its own picture and clear it.
  interruption.tell = (text) => progress.line(text);
  try {
    judged = await runScenario({
      ...plan,
      header,
      generator,
      owner: thisOwner(),
      runId,
      folder,
      startLoad: startOpenLoop,
      progress,
      signal: interruption.signal,
    });
  } finally {
    interruption.tell = output.text;
    progress.end(judged);
  }
  output.text(verdictText(judged, { stream: output.stream, folder: shown }));
  return { run: judged, folder };
}

/** Those that run one combination of a matrix alone. */
function argumentsOf(args: RunArguments, cell: Combination | undefined): RunArguments {
  return cell === undefined
    ? args
    : { ...args, generator: cell.generatorReference ?? args.generator, matrix: cell.flags };
}

async function chooseDriver(
  name: string | undefined,
  output: Output,
): Promise<{ driver: Driver; readiness: Readiness }> {
  if (name !== undefined) {
    const driver = await loadDriver(name);
    const readiness = await driver.readiness();
    if (readiness.problems.length > 0) throw new SnowglobeError(EXIT.environment, readiness.problems);
    return { driver, readiness };
  }
  const drivers = await driversByRank();
  for (const driver of drivers) {
    const readiness = await driver.readiness();
    const { problems } = readiness;
    if (problems.length === 0) {
      output.text(`Driver ${driver.name}: ${driver.summary}`);
      return { driver, readiness };
    }
    output.text(`Driver ${driver.name} cannot be used: ${problems.map(({ what }) => what).join(' ')}`);
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

function repeatCommand(
  { generator, store, withoutDisturbances, matrix = [] }: RunArguments,
  scenario: string,
  driver: string,
  /** Undefined: an axis of the matrix names seeds. */
  seed: string | undefined,
): string {
  return [
    `npx snowglobe run ${quoted(scenario)} --driver ${driver}${seed === undefined ? '' : ` --seed ${seed}`}`,
    ...(generator === undefined ? [] : [`--generator ${quoted(generator)}`]),
    ...(store === undefined ? [] : [`--store ${quoted(store)}`]),
    ...(withoutDisturbances ? ['--without-disturbances'] : []),
    ...matrix.map((axis) => `--matrix ${quoted(axis)}`),
  ].join(' ');
}

function quoted(word: string): string {
  return /^[\w./:@=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** `runs/storm/2026-01-31T12-00-00-ab12cd34`: by time, and apart from a run beside it that began in the same second. */
function runFolder(runs: string, scenario: string, runId: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return join(runs, scenario, `${time}-${runId}`);
}

/** Guarantee before SLO before unknown before pass. */
function worstExit(runs: readonly Run[]): ExitCode {
  const order: readonly number[] = [EXIT.guaranteeBroken, EXIT.sloMissed, EXIT.unknown];
  return (order.find((code) => runs.some(({ exitCode }) => exitCode === code)) ?? EXIT.pass) as ExitCode;
}
