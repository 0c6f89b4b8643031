/** `snowglobe run`: checks everything that can be checked, then runs each scenario and tells the verdict. */
import { relative } from 'node:path';
import { EXIT, type ExitCode } from '../core/errors.ts';
import { generatorLabel } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';
import { unusedWaivers, waive } from '../core/waivers.ts';
import { runRequest } from '../engine/run-request.ts';
import { runScenario } from '../engine/run-scenario.ts';
import { plannedLengthMs, shapeOf } from '../engine/timetable.ts';
import { loadScenario } from '../registry.ts';
import { createProgress, together } from '../telemetry/progress.ts';
import { summaryText } from '../telemetry/summary-text.ts';
import { verdictText } from '../telemetry/verdict-text.ts';
import { attempts, type Attempt } from './attempts.ts';
import { argumentsOf, endedMatrix } from './matrix.ts';
import { onInterrupt, orInterruption, type Interruption } from './interruption.ts';
import { askedReports, makeReady } from './asked-reports.ts';
import { conclude, type Ending, type Series } from './conclude.ts';
import type { RunsMetrics } from './metrics-port.ts';
import { metricsPortOf, openMetrics } from './metrics-port.ts';
import { makeRunsFolder } from './runs-folder.ts';
import type { Output } from './output.ts';
import type { Asked, Given, Ready } from './preflight.ts';
import { preflight, prepare } from './preflight.ts';
import { repeatCommand, runFolder } from './repeat-command.ts';
import { exitInWords, onDriver, unknownMode } from './unknown-mode.ts';
import { loadWaivers } from './waiver-file.ts';
import { withNames } from './waiver-names.ts';

export interface RunArguments extends Asked {
  readonly scenarios: readonly string[];
  readonly runs: string;
  readonly metricsPort: string | undefined;
  readonly junit: string | undefined;
  readonly summary: string | undefined;
  readonly unknown: string | undefined;
  readonly failFast: boolean;
  readonly waivers: string | undefined;
}

export async function run(args: RunArguments, output: Output): Promise<ExitCode> {
  const plan = await planOf(args, output);
  await using metrics = await openMetrics(plan.metricsPort, output);
  const interruption = onInterrupt(output);
  try {
    await prepare(plan.driver, output.text, interruption.signal);
    const series = await runAll(plan, interruption, output, metrics);
    const matrix = await endedMatrix(plan, series, output);
    const exitCode = conclude(series, { ...plan, ...(matrix !== undefined && { matrix }) }, interruption, output);
    const names = plan.items.map(({ scenario }) => scenario.name);
    if (names.length > 1 && matrix === undefined)
      output.text(summaryText(names, series.decisive, { stream: output.stream, exitCode }));
    return exitCode;
  } catch (error) {
    throw orInterruption(error, interruption);
  } finally {
    interruption.dispose();
  }
}

/** All that is known and checked before anything starts. */
interface Plan extends Omit<Ending, 'items'>, Ready {
  readonly args: RunArguments;
  readonly runsFolder: string;
  readonly metricsPort: number | undefined;
}

async function planOf(args: RunArguments, output: Output): Promise<Plan> {
  const metricsPort = metricsPortOf(args.metricsPort);
  const mode = unknownMode(args.unknown);
  const written = await loadWaivers(args.waivers, new Date().toISOString().slice(0, 10));
  const load = async (): Promise<readonly Given[]> => {
    // One file after the other: of one that ends the process, or never ends loading, it is known which it was.
    const given: Given[] = [];
    for (const reference of args.scenarios) given.push({ reference, scenario: await loadScenario(reference) });
    return given;
  };
  const ready = await preflight(args, load, output.text);
  const waivers = withNames(written, ready.items);
  const unknown = onDriver(mode, ready.driver);
  const reports = askedReports(args, ready.parts.reporters, process.env);
  makeReady(reports);
  const runsFolder = makeRunsFolder(args.runs);
  return { args, ...ready, reports, unknown, waivers, runsFolder, metricsPort };
}

/** One scenario after the other, until one cannot be launched or the user interrupts. */
async function runAll(
  plan: Plan,
  interruption: Interruption,
  output: Output,
  metrics: RunsMetrics | undefined,
): Promise<Series> {
  const { signal } = interruption;
  const runs: Run[] = [];
  const decisive: Run[] = [];
  const folders: string[] = [];
  for (const [index, item] of plan.items.entries()) {
    const once = (earlier: readonly string[]): Promise<Attempt> =>
      runOne(item, plan, earlier, interruption, output, metrics);
    try {
      for await (const { run, folder } of attempts(once, plan.unknown, signal, output.text)) {
        runs.push(run);
        decisive[index] = run;
        folders[index] = folder;
        await metrics?.linger(signal);
      }
    } catch (error) {
      return { runs, decisive, folders, failure: { error: orInterruption(error, interruption) } };
    }
  }
  return { runs, decisive, folders };
}

async function runOne(
  item: Plan['items'][number],
  plan: Plan,
  /** Folders of the attempts before this one. */
  earlierAttempts: readonly string[],
  interruption: Interruption,
  output: Output,
  metrics: RunsMetrics | undefined,
): Promise<Attempt> {
  const { args, driver, load, runsFolder, unknown } = plan;
  const { reference, scenario, cell } = item;
  const seed = cell?.seed ?? plan.seed;
  const request = runRequest({
    ...plan,
    ...item,
    seed,
    command: repeatCommand(argumentsOf(args, cell), reference, driver, seed, load.client),
    ...(unknown.attempts > 1 && { attempt: { number: earlierAttempts.length + 1, of: unknown.attempts } }),
    startLoad: load.start,
    folder: (runId) => runFolder(runsFolder, scenario.name, runId),
    isKept: true,
    earlierAttempts,
    waive: (run) => waive(run, plan.waivers),
    failFast: args.failFast,
    signal: interruption.signal,
  });
  const { folder } = request;
  const { generator } = request.header;
  const shown = relative(process.cwd(), folder);
  const view = createProgress(output.stream);
  const progress = metrics === undefined ? view : together([view, metrics.watch(generator.promises)]);
  progress.event({
    at: 0,
    kind: 'begin',
    scenario: scenario.name,
    generator: generatorLabel(generator),
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
    judged = await runScenario({ ...request, progress });
  } finally {
    interruption.tell = output.text;
    progress.end(judged);
  }
  output.text(verdictText(judged, { stream: output.stream, folder: shown, exit: exitTold(item, judged, plan) }));
  return { run: judged, folder };
}

/** A waiver that nothing needs is told of when all runs are over, and outweighs a pass. */
function exitTold(
  { scenario, generator: { generator } }: Plan['items'][number],
  run: Run,
  { waivers, unknown }: Plan,
): string {
  const outcome = { scenario: scenario.name, generator: generator.name, run };
  const isUndecided = run.exitCode === EXIT.pass && unusedWaivers(waivers, [outcome]).length > 0;
  return isUndecided ? '' : exitInWords(run, unknown);
}
