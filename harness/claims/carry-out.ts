/**
 * Carries out the runs that claims rest on, each once, however many claims share it. In the simulator nothing of them is
 * kept; on a real driver each leaves its folder, as with `snowglobe run`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeOpener } from '../cli/store.ts';
import type { AskedRun, CarriedOut } from '../core/claim.ts';
import type { Driver } from '../core/driver.ts';
import type { ExitCode, Problem } from '../core/errors.ts';
import { EXIT, messageOf, SnowglobeError } from '../core/errors.ts';
import { alwaysWritten } from '../core/reporter.ts';
import { driverProblems, missingCoordinator } from '../engine/driver-problems.ts';
import { thisOwner } from '../engine/owner.ts';
import { abilityProblems, combinationProblems, scenarioProblems } from '../engine/preflight.ts';
import { newRunId } from '../engine/run-id.ts';
import { runScenario } from '../engine/run-scenario.ts';
import { startOpenLoop } from '../load/open-loop.ts';
import { describeGenerator, loadGenerator, loadParts, loadScenario } from '../registry.ts';

export interface CarryOut {
  readonly driver: Driver;
  /** Where real runs are kept. */
  readonly runsFolder: string;
  readonly signal: AbortSignal;
  /** Before each run. */
  readonly told: (asked: AskedRun, index: number) => void;
}

/** What one run came to, and with which exit code a command ends that could not carry it out. */
export interface Result {
  readonly asked: AskedRun;
  readonly carriedOut: CarriedOut;
  readonly exitCode: ExitCode;
}

/** The runs of all parts, each once, in order. */
export function distinct(asked: readonly AskedRun[]): readonly AskedRun[] {
  return [...new Map(asked.map((one) => [keyOf(one), one])).values()];
}

export const keyOf = ({ scenario, generator, seed }: AskedRun): string => `${scenario} ${generator} ${seed}`;

/** One after the other; what cannot be carried out is told and keeps the others from nothing. */
export async function carryOut(asked: readonly AskedRun[], options: CarryOut): Promise<readonly Result[]> {
  const { driver, signal, told } = options;
  const isReal = driver.inProcess !== true;
  const folder = isReal ? options.runsFolder : mkdtempSync(join(tmpdir(), 'snowglobe-claims-'));
  const runOne = await runner(driver, signal);
  const results: Result[] = [];
  try {
    for (const [index, one] of asked.entries()) {
      signal.throwIfAborted();
      told(one, index);
      results.push(await runOne(one, folder));
    }
    // A run that was interrupted is judged by what there is; no claim is.
    signal.throwIfAborted();
  } finally {
    if (!isReal) rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

async function runner(
  driver: Driver,
  signal: AbortSignal,
): Promise<(asked: AskedRun, folder: string) => Promise<Result>> {
  const { reporters, ...parts } = await loadParts();
  const readiness = await driver.readiness();
  refuse(EXIT.environment, readiness.problems);
  const openStore =
    driver.inProcess === true ? () => Promise.reject(new Error('no taps')) : await storeOpener(undefined);
  const always = alwaysWritten(reporters);

  async function run(
    { scenario: name, generator: generatorName, seed }: AskedRun,
    folder: string,
  ): Promise<CarriedOut> {
    const [scenario, generator] = await Promise.all([loadScenario(name), loadGenerator(generatorName)]);
    refuse(EXIT.badInput, [
      ...scenarioProblems(scenario, parts),
      ...combinationProblems(scenario, generator.generator),
    ]);
    refuse(EXIT.environment, [
      ...abilityProblems(scenario, parts.faults, driver.name, readiness.abilities),
      ...driverProblems(generator.generator, driver),
      ...missingCoordinator(scenario, readiness),
    ]);
    const runId = newRunId();
    const runFolder = join(folder, name, `claims-${runId}`);
    const judged = await runScenario({
      ...parts,
      header: {
        scenario,
        generator: describeGenerator(generator),
        driver: driver.name,
        seed,
        command: `npx snowglobe run ${name} --driver ${driver.name} --seed ${seed} --generator ${generatorName}`,
      },
      generator,
      driver,
      owner: thisOwner(),
      runId,
      folder: runFolder,
      reporters: driver.inProcess === true ? [] : always,
      openStore,
      startLoad: startOpenLoop,
      progress: { event: () => undefined, line: () => undefined, end: () => undefined },
      signal,
    });
    if (driver.inProcess === true) rmSync(runFolder, { recursive: true, force: true });
    return { run: judged };
  }

  return async (asked, folder) => {
    try {
      return { asked, carriedOut: await run(asked, folder), exitCode: EXIT.pass };
    } catch (error) {
      if (signal.aborted) throw error;
      const exitCode = error instanceof SnowglobeError ? error.exitCode : EXIT.crash;
      const failed = messageOf(error).replaceAll('\n', ' ').replace(/\.$/, '');
      return { asked, carriedOut: { failed: `${keyOf(asked)}: ${failed}` }, exitCode };
    }
  };
}

function refuse(exitCode: ExitCode, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new SnowglobeError(exitCode, problems);
}
