/**
 * Runs a scenario from a program, as `snowglobe run` does, and returns what a table needs of it. The run's folder is
 * removed when it passed, and kept in `runs/` when it did not.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { storeOpener } from '../harness/cli/store.ts';
import { createRng } from '../harness/core/random.ts';
import type { Run } from '../harness/core/run.ts';
import type { Scenario } from '../harness/core/scenario.ts';
import type { Verdict } from '../harness/core/verdict.ts';
import { thisOwner } from '../harness/engine/owner.ts';
import { randomSchedule } from '../harness/engine/random-schedule.ts';
import { newRunId } from '../harness/engine/run-id.ts';
import { runScenario } from '../harness/engine/run-scenario.ts';
import { withoutDisturbances } from '../harness/engine/timetable.ts';
import { startOpenLoop } from '../harness/load/open-loop.ts';
import {
  loadCheckers,
  loadDriver,
  loadFaults,
  loadGenerator,
  loadHazards,
  loadReporters,
  loadScenario,
} from '../harness/registry.ts';

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
  readonly broken: readonly string[];
  readonly doubts: readonly string[];
  readonly run: Run;
}

export interface Lab {
  run(request: LabRequest): Promise<LabRun>;
}

export async function createLab(folder: string): Promise<Lab> {
  const [faults, hazards, checkers, reporters] = await Promise.all([
    loadFaults(),
    loadHazards(),
    loadCheckers(),
    loadReporters(),
  ]);
  const prepared = new Set<string>();
  let serial = 0;
  return {
    run: async ({ scenario: name, driver: driverName, generator: generatorName, seed, calm, random }) => {
      const [base, generator, driver] = await Promise.all([
        loadScenario(name),
        loadGenerator(generatorName),
        loadDriver(driverName),
      ]);
      const scenario: Scenario =
        random === true
          ? randomSchedule(base, faults, createRng(seed).fork('schedule'))
          : calm === true
            ? withoutDisturbances(base)
            : base;
      const signal = new AbortController().signal;
      if (!prepared.has(driverName)) await driver.prepare({ log: () => undefined, signal });
      prepared.add(driverName);
      const { summary, promises, layout } = generator.generator;
      const runFolder = join(folder, `${++serial}`);
      const run = await runScenario({
        header: {
          scenario,
          generator: { name: generatorName, summary, promises, layout },
          driver: driverName,
          seed,
          command: `torture seed ${seed}`,
        },
        generator,
        driver,
        owner: thisOwner(),
        runId: newRunId(),
        folder: runFolder,
        faults,
        hazards,
        checkers,
        reporters: driver.inProcess === true ? [] : [...reporters.values()],
        openStore: await storeOpener(undefined),
        startLoad: startOpenLoop,
        progress: { event: () => undefined, line: () => undefined, end: () => undefined },
        signal,
      });
      if (run.verdict !== 'pass' && driver.inProcess !== true)
        cpSync(runFolder, join('runs', 'torture', `${driverName}-${generatorName}-${seed}`), { recursive: true });
      rmSync(runFolder, { recursive: true, force: true });
      return {
        generator: generatorName,
        seed,
        verdict: run.verdict,
        broken: [
          ...new Set(
            run.findings
              .filter(({ promised, verdict }) => promised && verdict === 'fail')
              .map(({ guarantee }) => guarantee),
          ),
        ],
        doubts: [...new Set(run.unknowns.map(({ reason }) => reason))],
        run,
      };
    },
  };
}
