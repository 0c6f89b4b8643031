/**
 * The main job, once on each real driver, as a user runs it. The load is the one that a user gets, so this is the slowest
 * test there is; repetitions belong to `npm run torture`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plannedLengthMs } from '../engine/timetable.ts';
import { findK6 } from '../load/k6-program.ts';
import { loadScenario } from '../registry.ts';
import { passedUnlessBusy } from './busy-run.ts';
import { readRun, runFolder, snowglobe } from './cli-process.ts';
import { realDrivers } from './real-drivers.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-storm-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(realDrivers('storm'))('snowflake passes the storm on %s', { timeout: 180_000 }, async (driver) => {
  const runs = join(root, driver);
  const { code, stdout } = await snowglobe(['run', 'storm', '--driver', driver, '--runs', runs, '--seed', '1']).ended;
  const folder = await runFolder(runs);
  const run = readRun(folder);
  const { reasons, evidence, disturbances, hazards, measured, load } = run;
  expect(code).toBe(run.exitCode);
  expect(evidence.stored).toBe(evidence.minted);
  if (!passedUnlessBusy(`storm on ${driver}`, run)) return;
  expect(reasons).toEqual([expect.stringContaining('All 9 promises were kept'), '5 SLOs met.']);
  expect(Number(evidence.minted)).toBeGreaterThan(2_500_000);
  expect(disturbances.filter(({ bit, samples }) => bit && samples.length > 0)).toHaveLength(11);
  expect(hazards.map(({ reached }) => reached)).toEqual([true, true, true]);
  expect(load?.client).toBe(driver === 'docker' && !('missing' in findK6()) ? 'k6' : 'built-in');
  expect(existsSync(join(folder, 'report.html'))).toBe(true);
  expect(stdout).toContain('PASS');
  const seconds = Object.values(measured.seconds).reduce((sum, part) => sum + part, 0);
  expect(seconds - plannedLengthMs(await loadScenario('storm')) / 1000).toBeLessThan(15);
});
