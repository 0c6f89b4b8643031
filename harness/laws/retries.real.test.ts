/** `--unknown retry=N` on real time: the simulator does not repeat what would be the same run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readRun, snowglobe } from './cli-process.ts';
import { realDrivers } from './real-drivers.ts';

const BRIEF = join(import.meta.dirname, 'fixtures/brief.json');
const root = mkdtempSync(join(tmpdir(), 'snowglobe-retries-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(realDrivers('a retried run').filter((driver) => driver === 'local'))(
  'an unknown on %s is tried again with its seed; both attempts are kept, and the second names the first',
  async (driver) => {
    const brief = JSON.parse(readFileSync(BRIEF, 'utf8')) as object;
    // More answers than so short a run can have: never met and never missed.
    const slos = [{ name: 'many', indicator: 'error-ratio', objective: { atMost: 0.5 }, minSamples: 1_000_000 }];
    const scenario = join(root, 'unjudgeable.json');
    writeFileSync(scenario, JSON.stringify({ ...brief, name: 'unjudgeable', slos }));
    const runs = join(root, 'runs');
    const args = ['run', scenario, '--driver', driver, '--seed', '3', '--runs', runs, '--unknown', 'retry=1'];
    const { code, stdout } = await snowglobe(args).ended;
    const folders = readdirSync(join(runs, 'unjudgeable')).map((name) => join(runs, 'unjudgeable', name));
    const records = folders
      .map((folder) => ({ name: basename(folder), run: readRun(folder) }))
      .toSorted((a, b) => Number(a.run.attempt?.number) - Number(b.run.attempt?.number));
    expect(records.map(({ run: { attempt, verdict, seed } }) => ({ attempt, verdict, seed }))).toEqual([
      { attempt: { number: 1, of: 2 }, verdict: 'unknown', seed: '3' },
      { attempt: { number: 2, of: 2 }, verdict: 'unknown', seed: '3' },
    ]);
    expect(records[1]?.run.measured.earlierAttempts).toEqual([records[0]?.name]);
    expect(code).toBe(12);
    expect(stdout).toContain('attempt 2 of 2');
  },
);
