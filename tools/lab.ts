/**
 * Runs scenarios from a program, as `snowglobe run` does, and returns what a table needs of them. The folder of a real
 * run is kept in `runs/torture` when the run did not pass.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { storeOpener } from '../harness/cli/store.ts';
import type { Ability } from '../harness/core/cluster.ts';
import type { Driver } from '../harness/core/driver.ts';
import type { ExitCode, Problem } from '../harness/core/errors.ts';
import { EXIT, SnowglobeError } from '../harness/core/errors.ts';
import type { Cause } from '../harness/core/cause.ts';
import type { Guarantee } from '../harness/core/guarantee.ts';
import { createRng } from '../harness/core/random.ts';
import { alwaysWritten } from '../harness/core/reporter.ts';
import type { Run } from '../harness/core/run.ts';
import type { Scenario } from '../harness/core/scenario.ts';
import type { Verdict } from '../harness/core/verdict.ts';
import { thisOwner } from '../harness/engine/owner.ts';
import { driverProblems } from '../harness/engine/driver-problems.ts';
import { abilityProblems, combinationProblems, scenarioProblems } from '../harness/engine/preflight.ts';
import { randomSchedule } from '../harness/engine/random-schedule.ts';
import { newRunId } from '../harness/engine/run-id.ts';
import { runScenario } from '../harness/engine/run-scenario.ts';
import { withoutDisturbances } from '../harness/engine/timetable.ts';
import { startOpenLoop } from '../harness/load/open-loop.ts';
import type { Parts } from '../harness/registry.ts';
import { describeGenerator, loadDriver, loadGenerator, loadParts, loadScenario } from '../harness/registry.ts';

export interface LabRequest {
  readonly scenario: string;
  readonly driver: string;
  readonly generator: string;
  readonly seed: string;
  /** Takes the disturbances out. */
  readonly calm?: boolean;
  /** Draws the timetable from the seed. */
  readonly random?: boolean;
}

export interface LabRun {
  readonly generator: string;
  readonly seed: string;
  readonly verdict: Verdict;
  /** Promised guarantees that failed. */
  readonly broken: readonly Guarantee[];
  /** Causes of the witnesses of each of them. */
  readonly causes: { readonly [guarantee: string]: readonly Cause[] };
  readonly doubts: readonly string[];
  readonly run: Run;
}

export interface Lab {
  /**
   * Throws a SnowglobeError, before anything starts, where the scenario is wrong (exit code 2), cannot be had with the
   * generator (2), or needs what the driver cannot do on this machine (3).
   */
  run(request: LabRequest): Promise<LabRun>;
}

/** `folder`: where runs live while they last. */
export async function createLab(folder: string): Promise<Lab> {
  const parts = await loadParts();
  const prepared = new Map<string, ReadonlySet<Ability>>();
  return {
    run: async (request) => {
      const { driver: driverName, generator: name, seed } = request;
      const [base, generator, driver] = await Promise.all([
        loadScenario(request.scenario),
        loadGenerator(name),
        loadDriver(driverName),
      ]);
      const scenario = asRequested(base, request, parts);
      refuse(EXIT.badInput, scenarioProblems(base, parts));
      refuse(EXIT.badInput, combinationProblems(scenario, generator.generator));
      const abilities = prepared.get(driverName) ?? (await abilitiesOf(driver));
      refuse(EXIT.environment, abilityProblems(scenario, parts.faults, driverName, abilities));
      refuse(EXIT.environment, driverProblems(generator.generator, driver));
      const signal = new AbortController().signal;
      if (!prepared.has(driverName)) await driver.prepare({ log: () => undefined, signal });
      prepared.set(driverName, abilities);
      const runId = newRunId();
      const runFolder = join(folder, runId);
      const isReal = driver.inProcess !== true;
      const run = await runScenario({
        ...parts,
        header: {
          scenario,
          generator: describeGenerator(generator),
          driver: driverName,
          seed,
          command: `torture seed ${seed}`,
        },
        generator,
        driver,
        owner: thisOwner(),
        runId,
        folder: runFolder,
        reporters: isReal ? alwaysWritten(parts.reporters) : [],
        openStore: await storeOpener(undefined),
        startLoad: startOpenLoop,
        progress: { event: () => undefined, line: () => undefined, end: () => undefined },
        signal,
      });
      if (isReal && run.verdict !== 'pass')
        cpSync(runFolder, join('runs', 'torture', `${driverName}-${name}-${seed}-${runId}`), { recursive: true });
      rmSync(runFolder, { recursive: true, force: true });
      return { generator: name, seed, verdict: run.verdict, ...whatBroke(run), doubts: doubtsOf(run), run };
    },
  };
}

/** What the driver can do on this machine. */
async function abilitiesOf(driver: Driver): Promise<ReadonlySet<Ability>> {
  const { problems, abilities } = await driver.readiness();
  refuse(EXIT.environment, problems);
  return abilities;
}

function refuse(exitCode: ExitCode, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new SnowglobeError(exitCode, problems);
}

function asRequested(base: Scenario, { generator, seed, calm, random }: LabRequest, { faults }: Parts): Scenario {
  if (random === true) return withoutSlos(randomSchedule(base, faults, createRng(seed).fork('schedule')));
  const scenario = calm === true ? withoutDisturbances(base) : base;
  return generator === base.generator ? scenario : withoutSlos(scenario);
}

/**
 * A scenario's SLOs are bounds for the generator that it was written for, and for its own timetable: an honest one that
 * opens its breaker for 30 s misses them elsewhere, and broke no promise.
 */
function withoutSlos(scenario: Scenario): Scenario {
  const { slos: _, ...rest } = scenario;
  return rest;
}

function whatBroke({ findings }: Run): Pick<LabRun, 'broken' | 'causes'> {
  const failed = findings.filter(({ promised, verdict }) => promised && verdict === 'fail');
  const broken = [...new Set(failed.map(({ guarantee }) => guarantee))];
  const causesOf = (name: Guarantee): Cause[] =>
    failed.filter(({ guarantee }) => guarantee === name).flatMap(({ witnesses }) => witnesses.flatMap(causeOf));
  return { broken, causes: Object.fromEntries(broken.map((name) => [name, [...new Set(causesOf(name))]])) };
}

const causeOf = ({ cause }: { readonly cause?: Cause }): Cause[] => (cause === undefined ? [] : [cause]);

const doubtsOf = ({ unknowns }: Run): string[] => [...new Set(unknowns.map(({ reason }) => reason))];
