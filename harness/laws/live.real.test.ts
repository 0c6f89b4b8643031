/**
 * What is seen while a real run lasts, as a user has it: a run that ends at its first violation, and one whose live path is
 * blind.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ScenarioInput } from '../core/scenario.ts';
import { JOURNAL_FILE, TAPS_FOLDER } from '../engine/record.ts';
import { eventually, readRun, runFolder, snowglobe } from './cli-process.ts';
import { realDrivers } from './real-drivers.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-live-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Long enough that nobody waits for its end. */
function scenarioFile(name: string, lengthMs: number): string {
  const file = join(root, `${name}.json`);
  const scenario: ScenarioInput = {
    name,
    question: 'Is what is wrong seen while the run lasts?',
    generator: 'saturate',
    cluster: { nodes: 1, coordinatorMembers: 0, options: { perMs: 100 }, selfLoad: 100_000 },
    load: { idsPerSecond: 200, batch: { min: 1, max: 9, mean: 5 } },
    warmUpMs: 1000,
    timetable: {
      order: 'given',
      slots: [{ name: 'calm', lengthMs, disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 1000 }] }],
    },
    recoverMs: 1000,
  };
  writeFileSync(file, JSON.stringify(scenario));
  return file;
}

// One driver will do: nothing here depends on which it is.
test.each(realDrivers('saturation').slice(0, 1))(
  'on %s, --fail-fast ends a run at the first violation of a promise, which is judged',
  { timeout: 90_000 },
  async (driver) => {
    const runs = join(root, 'fast');
    const args = ['run', scenarioFile('fast', 60_000), '--driver', driver, '--runs', runs, '--fail-fast'];
    const { code, stdout, stderr } = await snowglobe([...args, '--generator', 'mints-an-old-id-again']).ended;
    const folder = await runFolder(runs);
    const run = readRun(folder);
    expect({ code, verdict: run.verdict }, stdout + stderr).toEqual({ code: 10, verdict: 'fail' });
    expect(stdout + stderr).toMatch(/cut short: --fail-fast: (unique|increasing-per-node): /);
    expect(run.evidence.stored).toBe(run.evidence.minted);
    expect(run.unknowns.map(({ reason }) => reason)).toContain('run cut short');
    expect(run.unknowns.map(({ reason }) => reason)).not.toContain('harness contradicts itself');
    expect(run.phases.find(({ phase }) => phase === 'recover')).toBeUndefined();
    expect(run.command).toContain('--fail-fast');
    expect(readFileSync(join(folder, JOURNAL_FILE), 'utf8')).toContain('"kind":"live"');
  },
);

test.each(realDrivers('saturation').slice(0, 1))(
  'on %s, a run whose canary is not seen is unknown',
  { timeout: 90_000 },
  async (driver) => {
    const runs = join(root, 'blind');
    const running = snowglobe(['run', scenarioFile('blind', 2000), '--driver', driver, '--runs', runs]);
    const folder = await runFolder(runs);
    const taps = join(folder, TAPS_FOLDER);
    await eventually('a folder of taps', 30_000, () => existsSync(taps) || undefined);
    // Nothing can be written there any more: as blind as a disk that loses what it is given.
    mkdirSync(join(taps, 'canary-1-0-0.ids'));
    const { code } = await running.ended;
    const { unknowns, findings, evidence } = readRun(folder);
    expect(unknowns.map(({ reason }) => reason)).toContain('live path blind');
    expect(code).toBe(12);
    // What nodes minted is judged all the same.
    expect(evidence.stored).toBe(evidence.minted);
    expect(findings.find(({ guarantee }) => guarantee === 'unique')).toMatchObject({ violations: 0 });
  },
);
