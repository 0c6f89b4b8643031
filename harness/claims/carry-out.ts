/**
 * Carries out the runs that claims rest on, each once, however many claims share it. In the simulator nothing of them is
 * kept; on a real driver each leaves its folder, as with `snowglobe run`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asked, Given, Ready } from '../cli/preflight.ts';
import { preflight } from '../cli/preflight.ts';
import { repeatCommand, runFolder } from '../cli/repeat-command.ts';
import type { AskedRun, CarriedOut } from '../core/claim.ts';
import type { ExitCode } from '../core/errors.ts';
import { EXIT, messageOf, SnowglobeError } from '../core/errors.ts';
import type { Run } from '../core/run.ts';
import type { ReadyDriver } from '../engine/driver-problems.ts';
import { runRequest } from '../engine/run-request.ts';
import { runScenario } from '../engine/run-scenario.ts';
import { loadScenario } from '../registry.ts';

export interface CarryOut {
  readonly ready: ReadyDriver;
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
  const { signal, told } = options;
  const isReal = options.ready.driver.inProcess !== true;
  const folder = isReal ? options.runsFolder : mkdtempSync(join(tmpdir(), 'snowglobe-claims-'));
  const results: Result[] = [];
  try {
    for (const [index, one] of asked.entries()) {
      signal.throwIfAborted();
      told(one, index);
      results.push(await resultOf(one, folder, options));
    }
    // A run that was interrupted is judged by what there is; no claim is.
    signal.throwIfAborted();
  } finally {
    if (!isReal) rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

async function resultOf(asked: AskedRun, folder: string, options: CarryOut): Promise<Result> {
  try {
    return { asked, carriedOut: { run: await run(asked, folder, options) }, exitCode: EXIT.pass };
  } catch (error) {
    if (options.signal.aborted) throw error;
    const exitCode = error instanceof SnowglobeError ? error.exitCode : EXIT.crash;
    const failed = messageOf(error).replaceAll('\n', ' ').replace(/\.$/, '');
    return { asked, carriedOut: { failed: `${keyOf(asked)}: ${failed}` }, exitCode };
  }
}

async function run(
  { scenario: reference, generator, seed }: AskedRun,
  runs: string,
  { ready: { driver, readiness }, signal }: CarryOut,
): Promise<Run> {
  const asked: Asked = {
    driver: driver.name,
    generator,
    seed,
    store: undefined,
    withoutDisturbances: false,
    slo: undefined,
    // Where there is a choice, the client that is everywhere: what a claim comes to is not to hang on whether k6 is here.
    load: driver.callable === true ? 'built-in' : undefined,
  };
  const load = async (): Promise<readonly Given[]> => [{ reference, scenario: await loadScenario(reference) }];
  const ready = await preflight(asked, load, () => undefined, { driver, readiness });
  const [item] = ready.items as readonly [Ready['items'][number]];
  const isKept = driver.inProcess !== true;
  const request = runRequest({
    ...ready,
    ...item,
    command: repeatCommand(asked, reference, driver, ready.seed, ready.load.client),
    startLoad: ready.load.start,
    folder: (runId) => runFolder(runs, reference, runId),
    isKept,
    signal,
  });
  const judged = await runScenario(request);
  if (!isKept) rmSync(request.folder, { recursive: true, force: true });
  return judged;
}
