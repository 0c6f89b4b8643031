/** A cluster that cannot be taken down, which is found out while the run is still judged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Checker } from '../core/checker.ts';
import type { Driver } from '../core/driver.ts';
import { runRequest } from '../engine/run-request.ts';
import { runScenario } from '../engine/run-scenario.ts';
import { startOpenLoop } from '../load/open-loop.ts';
import { loadDriver, loadGenerator, loadParts, loadScenario } from '../registry.ts';

const WHY = new Error('the engine of containers is gone');

test('whoever started the run is told, and the process lives on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-down-'));
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  try {
    const [parts, whole, generator, sim] = await Promise.all([
      loadParts(),
      loadScenario('back-under-load'),
      loadGenerator('snowflake'),
      loadDriver('sim'),
    ]);
    const scenario = { ...whole, timetable: { ...whole.timetable, slots: [] }, hazards: [], recoverMs: 1000 };
    const driver: Driver = {
      ...sim,
      launch: async (spec, context) => {
        const cluster = await sim.launch(spec, context);
        const takeDown = cluster[Symbol.asyncDispose].bind(cluster);
        let isFirst = true;
        return Object.assign(cluster, {
          [Symbol.asyncDispose]: async () => {
            await takeDown();
            if (isFirst) {
              isFirst = false;
              throw WHY;
            }
          },
        });
      },
    };
    // As SQL does, and folds do not: it lets the process turn to other things before it answers.
    const slow = (checker: Checker): Checker => ({
      ...checker,
      fold: (async (...args: Parameters<Checker['fold']>) => {
        await nextTurn();
        return checker.fold(...args);
      }) as unknown as Checker['fold'],
    });
    const run = runScenario(
      runRequest({
        parts: { ...parts, checkers: new Map([...parts.checkers].map(([name, checker]) => [name, slow(checker)])) },
        scenario,
        generator,
        driver,
        seed: '1',
        command: 'test',
        openStore: () => Promise.reject(new Error('the simulator has no store')),
        startLoad: startOpenLoop,
        folder: () => folder,
        isKept: false,
        signal: new AbortController().signal,
      }),
    );
    await expect(run).rejects.toBe(WHY);
    expect(unhandled).not.toHaveBeenCalled();
  } finally {
    process.off('unhandledRejection', unhandled);
    rmSync(folder, { recursive: true, force: true });
  }
});
