import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { thisOwner } from '../engine/owner.ts';
import { OWNER_FILE, RUN_FILE } from '../engine/record.ts';
import { startTestServer } from '../stores/clickhouse/server-for-tests.ts';
import { openServer } from '../stores/clickhouse/server.ts';
import { rangeOf } from '../stores/clickhouse/store-fixture.ts';
import { snowglobe } from './cli-process.ts';
import { recordRun } from './recorded-run.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-prune-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAY = 86_400_000;

/** A run of so many days ago, judged unless `more` says otherwise. */
async function keptRun(runs: string, name: string, daysAgo: number, more: Partial<Run> = {}): Promise<string> {
  const folder = join(runs, 'recorded', name);
  mkdirSync(join(runs, 'recorded'), { recursive: true });
  await recordRun({ folder, runId: 'ab12cd34', nodes: 1, batchesPerNode: 1, idsPerBatch: 5 });
  const file = join(folder, RUN_FILE);
  const run = JSON.parse(readFileSync(file, 'utf8')) as Run;
  const measured = { ...run.measured, startedAt: new Date(Date.now() - daysAgo * DAY).toISOString() };
  writeFileSync(file, JSON.stringify({ ...run, state: 'judged', unknowns: [], ...more, measured }));
  return folder;
}

test('runs that are old go, with --yes only; what lives stays, and what was not judged until it is forced', async () => {
  const runs = join(root, 'runs');
  const [young, old] = [await keptRun(runs, 'young', 1), await keptRun(runs, 'old', 40)];
  const begun = await keptRun(runs, 'begun', 41, { state: 'begun' });
  const living = await keptRun(runs, 'living', 42, { state: 'begun' });
  writeFileSync(join(living, OWNER_FILE), JSON.stringify(thisOwner()));
  const strange = join(runs, 'recorded', 'strange');
  mkdirSync(strange);
  writeFileSync(join(strange, RUN_FILE), '{"version":');
  mkdirSync(join(runs, 'notes'));
  const there = (): readonly boolean[] => [young, old, begun, living, strange, join(runs, 'notes')].map(existsSync);
  const prune = (...args: string[]) => snowglobe(['prune', '--runs', runs, '--older-than', '30d', ...args]).ended;

  const told = await prune();
  expect(told).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Would be taken away: 1 run, .*\n.*old\n/) as unknown,
  });
  expect(told.stdout).toMatch(/living: it goes on \(process \d+\)\n/);
  expect(told.stdout).toMatch(/begun: it was not judged\n/);
  expect(told.stdout).toContain('Nothing was touched: --yes does it.');
  expect(there()).toEqual([true, true, true, true, true, true]);

  expect((await prune('--yes')).stdout).toMatch(/^Taken away: 1 run, /);
  expect(there()).toEqual([true, false, true, true, true, true]);

  expect((await prune('--yes', '--force')).stdout).toMatch(/^Taken away: 1 run, .*\n.*begun: it was not judged\n/);
  expect(there()).toEqual([true, false, false, true, true, true]);

  const last = await snowglobe(['prune', '--runs', runs, '--keep', '0', '--yes', '--json']).ended;
  expect(JSON.parse(last.stdout)).toMatchObject({
    done: true,
    runs: expect.arrayContaining([expect.objectContaining({ name: young, goes: true })]) as unknown,
  });
  expect(there()).toEqual([false, false, false, true, true, true]);
});

test('of a server the partitions of old runs go, and no other', async () => {
  await using server = await startTestServer();
  const database = server.database();
  const url = `${server.url}/${database}`;
  for (const runId of ['judged1', 'judged2', 'begun']) {
    await using store = await openServer({ url, runId, environment: server.environment });
    await store.append(rangeOf({ runId, batches: [[1n, 2n, 3n]] }));
  }
  for (const [run, daysAgo] of [
    ['judged1', 40],
    ['judged2', 20],
  ] as const)
    await server.query(
      `INSERT INTO ${database}.runs (run, scenario, origin_ns) VALUES ('${run}', 'storm', ${BigInt(Date.now() - daysAgo * DAY) * 1_000_000n})`,
    );
  const runsIn = (table: string) =>
    server.query(`SELECT groupUniqArray(run) FROM (SELECT run FROM ${database}.${table} ORDER BY run)`);
  const prune = (...args: string[]) =>
    snowglobe(['prune', '--store', url, '--older-than', '30d', ...args], server.environment).ended;
  expect((await prune()).stdout).toMatch(/^Would be taken away: 1 run, .*\n.*judged1 \(storm\)\n/);
  expect(await server.query(`SELECT count() FROM ${database}.ids`)).toBe('9');
  expect((await prune('--yes')).stdout).toMatch(/^Taken away: 1 run, /);
  expect(await server.query(`SELECT count() FROM ${database}.ids WHERE run = 'judged1'`)).toBe('0');
  expect(await server.query(`SELECT count() FROM ${database}.ids`)).toBe('6');
  expect(await runsIn('runs')).toBe("['judged2']");
  // Written to a moment ago, and not judged: somebody may be at it.
  const all = await snowglobe(['prune', '--store', url, '--keep', '0', '--yes', '--force'], server.environment).ended;
  expect(all.stdout).toMatch(/begun: it was written to within the hour, and not judged: it may go on\n/);
  expect(await server.query(`SELECT count() FROM ${database}.ids`)).toBe('3');
});
