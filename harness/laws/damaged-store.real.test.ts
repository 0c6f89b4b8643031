import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STORE_FOLDER, TAPS_FOLDER } from '../engine/record.ts';
import { startEngine } from '../stores/clickhouse/embedded.ts';
import { readRun, snowglobe } from './cli-process.ts';
import type { RecordedRun } from './recorded-run.ts';
import { recordRun } from './recorded-run.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-damaged-'));
let recorded: RecordedRun;
/** Judged once: with a store. */
let judged: string;

beforeAll(async () => {
  recorded = await recordRun({ folder: join(root, 'recorded'), runId: 'ab12cd34', nodes: 3, batchesPerNode: 60 });
  judged = copyOf(recorded.folder, 'judged');
  expect((await snowglobe(['judge', judged]).ended).code).toBe(10);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function copyOf(folder: string, name: string): string {
  const copy = join(root, name);
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

const findings = (folder: string) => readRun(folder).findings;

function halve(pattern: string, folder: string): void {
  const files = globSync(pattern, { cwd: join(folder, STORE_FOLDER) });
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const path = join(folder, STORE_FOLDER, file);
    truncateSync(path, Math.floor(statSync(path).size / 2));
  }
}

/** The folder of one part of the table, told by a column that only it has. */
function partOf(table: 'ids' | 'batches', folder: string): string {
  const store = join(folder, STORE_FOLDER);
  const column = table === 'ids' ? '`id` UInt64' : '`backward` UInt32';
  const file = globSync('db/store/*/*/*/columns.txt', { cwd: store })
    .map((path) => join(store, path))
    .find((path) => readFileSync(path, 'utf8').includes(column));
  return dirname(file as string);
}

test.each([
  ['metadata that was cut', (folder: string) => halve('db/store/*/*/ids.sql', folder), 'cannot open its folder'],
  [
    'IDs that are lost',
    (folder: string) => rmSync(partOf('ids', folder), { recursive: true }),
    'the store holds 0 IDs of n\\d, lane 0, where the taps hold 60,000',
  ],
  [
    'bytes that are others',
    (folder: string) => {
      const file = join(partOf('ids', folder), 'data.bin');
      const bytes = readFileSync(file);
      bytes.fill(0x55);
      writeFileSync(file, bytes);
    },
    'what the store holds cannot be read .*|cannot read what it holds: .*',
  ],
  [
    'batches that are lost',
    (folder: string) => rmSync(partOf('batches', folder), { recursive: true }),
    'the store has lost batches of n\\d, lane 0',
  ],
])('a store with %s is made anew by judge, which says so', async (name, damage, why) => {
  const folder = copyOf(judged, name);
  damage(folder);
  const { code, stdout } = await snowglobe(['judge', folder]).ended;
  expect({ code, stdout }).toEqual({
    code: 10,
    stdout: expect.stringMatching(new RegExp(`(${why}).*; it is made anew from the taps`)) as unknown,
  });
  expect(findings(folder)).toEqual(findings(judged));
  expect(readRun(folder).evidence).toEqual(readRun(judged).evidence);
  expect(existsSync(join(folder, `${STORE_FOLDER}-put-aside`))).toBe(false);
});

test('a store that holds more than the taps do is never made anew', async () => {
  const folder = copyOf(judged, 'taps lost');
  for (const file of globSync('n2-*', { cwd: join(folder, TAPS_FOLDER) })) rmSync(join(folder, TAPS_FOLDER, file));
  const { stdout } = await snowglobe(['judge', folder]).ended;
  expect(stdout).not.toContain('made anew');
  expect(readRun(folder).unknowns.map(({ reason }) => reason)).toContain('evidence not whole');
});

test('a store that another snowglobe has open is refused, and stays as it is', async () => {
  const folder = copyOf(judged, 'open');
  const engine = await startEngine(join(folder, STORE_FOLDER));
  try {
    const { code, stderr } = await snowglobe(['judge', folder]).ended;
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        new RegExp(`Another snowglobe \\(process ${process.pid}\\) has this store open`),
      ) as unknown,
    });
  } finally {
    await engine.stop();
  }
});
