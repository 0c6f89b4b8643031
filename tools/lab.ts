/**
 * Runs scenarios from a program, as `snowglobe run` does, and returns what a table needs of them. The folder of a real
 * run is kept in `runs/torture` when the run did not pass.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readyDriver } from '../harness/cli/preflight.ts';
import { chooseStore } from '../harness/cli/store.ts';
import { EXIT, refuse } from '../harness/core/errors.ts';
import type { Cause } from '../harness/core/cause.ts';
import type { Guarantee } from '../harness/core/guarantee.ts';
import { createRng } from '../harness/core/random.ts';
import type { Run } from '../harness/core/run.ts';
import type { Scenario } from '../harness/core/scenario.ts';
import type { Verdict } from '../harness/core/verdict.ts';
import type { ReadyDriver } from '../harness/engine/driver-problems.ts';
import { machineProblems } from '../harness/engine/driver-problems.ts';
import { combinationProblems, scenarioProblems } from '../harness/engine/preflight.ts';
import { randomSchedule } from '../harness/engine/random-schedule.ts';
import { runRequest } from '../harness/engine/run-request.ts';
import { runScenario } from '../harness/engine/run-scenario.ts';
import { withoutDisturbances } from '../harness/engine/timetable.ts';
import { startOpenLoop } from '../harness/load/open-loop.ts';
import type { Parts } from '../harness/registry.ts';
import { loadGenerator, loadParts, loadScenario } from '../harness/registry.ts';

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
  const prepared = new Map<string, ReadyDriver>();
  return {
    run: async (request) => {
      const { driver: driverName, generator: name, seed } = request;
      const [base, generator] = await Promise.all([loadScenario(request.scenario), loadGenerator(name)]);
      // Of what its author wrote: a timetable that is drawn is sound where that is.
      refuse(EXIT.badInput, scenarioProblems(base, parts));
      const scenario = asRequested(base, request, parts);
      refuse(EXIT.badInput, combinationProblems(scenario, generator.generator));
      const ready = prepared.get(driverName) ?? (await readyDriver(driverName));
      refuse(EXIT.environment, machineProblems(scenario, generator.generator, parts.faults, ready));
      const { driver } = ready;
      const signal = new AbortController().signal;
      if (!prepared.has(driverName)) await driver.prepare({ log: () => undefined, signal });
      prepared.set(driverName, ready);
      const isReal = driver.inProcess !== true;
      const wanted = runRequest({
        parts,
        scenario,
        generator,
        driver,
        seed,
        command: `torture seed ${seed}`,
        openStore: await chooseStore(driver, undefined),
        startLoad: startOpenLoop,
        folder: (runId) => join(folder, runId),
        isKept: isReal,
        signal,
      });
      const run = await runScenario(wanted);
      if (isReal && run.verdict !== 'pass')
        cpSync(wanted.folder, join('runs', 'torture', `${driverName}-${name}-${seed}-${wanted.runId}`), {
          recursive: true,
        });
      rmSync(wanted.folder, { recursive: true, force: true });
      return { generator: name, seed, verdict: run.verdict, ...whatBroke(run), doubts: doubtsOf(run), run };
    },
  };
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
