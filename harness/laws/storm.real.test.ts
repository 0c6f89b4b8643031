/**
 * The main job, once on each real driver, as a user runs it. The load is the one that a user gets, so this is the slowest
 * test there is; repetitions belong to `npm run torture`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plannedLengthMs } from '../engine/timetable.ts';
import { loadScenario } from '../registry.ts';
import { readRun, runFolder, snowglobe } from './cli-process.ts';
import { realDrivers } from './real-drivers.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-storm-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * A machine so busy that the harness or nodes stand still, or the load cannot be offered, earns nobody a pass: then the run must
 * say so, and accuse nobody. Whether it passes on a quiet machine, always, is what `npm run torture -- storm-DRIVER` shows.
 */
const BUSY = /the machine is busy|outside every reach were not sent in time/;

test.each(realDrivers('storm'))('snowflake passes the storm on %s', { timeout: 180_000 }, async (driver) => {
  const runs = join(root, driver);
  const { code, stdout } = await snowglobe(['run', 'storm', '--driver', driver, '--runs', runs, '--seed', '1']).ended;
  const folder = await runFolder(runs);
  const { verdict, reasons, evidence, disturbances, hazards, findings, measured } = readRun(folder);
  expect(evidence.stored).toBe(evidence.minted);
  if (verdict === 'unknown' && reasons.some((reason) => BUSY.test(reason))) {
    process.stderr.write(`storm on ${driver}: unknown on a busy machine:\n  ${reasons.join('\n  ')}\n`);
    expect(code).toBe(12);
    expect(findings.filter((finding) => finding.promised && finding.verdict === 'fail')).toEqual([]);
    return;
  }
  expect({ code, verdict, reasons }).toEqual({
    code: 0,
    verdict: 'pass',
    reasons: [expect.stringContaining('All 8 promises were kept')],
  });
  expect(Number(evidence.minted)).toBeGreaterThan(2_500_000);
  expect(disturbances.filter(({ bit, samples }) => bit && samples.length > 0)).toHaveLength(11);
  expect(hazards.map(({ reached }) => reached)).toEqual([true, true, true]);
  expect(existsSync(join(folder, 'report.html'))).toBe(true);
  expect(stdout).toContain('PASS');
  const seconds = Object.values(measured.seconds).reduce((sum, part) => sum + part, 0);
  expect(seconds - plannedLengthMs(await loadScenario('storm')) / 1000).toBeLessThan(15);
});
