/**
 * Faults of links that prove nothing, on real pods: the runs say so.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { journalHas, readRun, runFolder, snowglobe } from './cli-process.ts';
import { insidePod } from './inside-pod.ts';
import { realDrivers } from './real-drivers.ts';

const BRIEF = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/brief.json'), 'utf8')) as object;
const root = mkdtempSync(join(tmpdir(), 'snowglobe-link-truth-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;

/** The brief scenario with one disturbance of two seconds. */
function start(driver: string, fault: string, options: object): { runs: string } & ReturnType<typeof snowglobe> {
  const name = `link-${++folders}`;
  const scenario = join(root, `${name}.json`);
  const disturbances = [{ fault, options, atMs: 0, forMs: 2000 }];
  const timetable = { order: 'given', slots: [{ name: 'slot', lengthMs: 4500, disturbances }] };
  writeFileSync(scenario, JSON.stringify({ ...BRIEF, name, timetable }));
  const runs = join(root, name);
  return { runs, ...snowglobe(['run', scenario, '--driver', driver, '--runs', runs, '--seed', '3']) };
}

const missed = ({ verdict, disturbances }: Run): object => ({ verdict, missed: disturbances.map((one) => one.missed) });
const inForce = (folder: string): Promise<unknown> =>
  journalHas(
    folder,
    'a disturbance in force',
    (entry) => entry.kind === 'disturbance' && entry.what === 'sample' && entry.sample.took === true,
  );

describe.each(realDrivers('the truth of links').filter((driver) => driver === 'local'))('on %s', (driver) => {
  test.concurrent('a partition between nodes that never talk: in force on the link, and unknown', async () => {
    const { runs, ended } = start(driver, 'cut-pair', { one: 'n1', other: 'n2' });
    expect((await ended).code).toBe(12);
    const run = readRun(await runFolder(runs));
    expect(missed(run)).toEqual({
      verdict: 'unknown',
      missed: ['it was in force on the link throughout, and nobody used the link'],
    });
    expect(run.disturbances[0]?.tookFrom).toBeGreaterThan(0);
  });

  test.concurrent('rules that somebody takes away in mid-fault are missed, and the run is unknown', async () => {
    const { runs, ended } = start(driver, 'cut-from-etcd', { node: 'n1' });
    const folder = await runFolder(runs);
    await inForce(folder);
    insidePod(driver, folder.slice(-8), 'n1', 'nft', 'delete', 'table', 'inet', 'snowglobe');
    expect((await ended).code).toBe(12);
    expect(missed(readRun(folder))).toEqual({
      verdict: 'unknown',
      missed: [expect.stringMatching(/^it was measured out of force at \d+\.\d\d s, before its heal$/)],
    });
  });
});
