import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TAPS_FOLDER } from '../engine/record.ts';
import { startEngine } from '../stores/clickhouse/embedded.ts';
import { snowglobe } from './cli-process.ts';
import type { RecordedRun } from './recorded-run.ts';
import { recordRun } from './recorded-run.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-export-'));
const NODES = ['n1', 'n2', 'n3'];
let recorded: RecordedRun;

beforeAll(async () => {
  recorded = await recordRun({ folder: join(root, 'run'), runId: 'ab12cd34', nodes: 3, batchesPerNode: 20 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const exporting = (...args: string[]) => snowglobe(['export', recorded.folder, ...args]).ended;

test('what was not judged, or goes nowhere, is told before anything is written', async () => {
  expect(await exporting('--to', 'jsonl')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('snowglobe judge') as unknown,
  });
  expect((await snowglobe(['judge', recorded.folder]).ended).code).toBe(10);
  for (const to of [[], ['--to', 'csv'], ['--to', 'clickhouse://user:secret@host/db']]) {
    const { code, stderr } = await exporting(...to);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/--to/) as unknown });
    expect(stderr).not.toContain('secret');
  }
});

test('every ID of a run is exported by its name, byte for byte what its tap holds', async () => {
  const [jsonl, parquet] = [join(root, 'jsonl'), join(root, 'parquet')];
  expect(await exporting('--to', 'jsonl', '--out', jsonl)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('60,000 emissions, 60 batches') as unknown,
  });
  expect((await exporting('--to', 'parquet', '--out', parquet)).code).toBe(0);
  expect((await exporting('--to', 'parquet', '--out', parquet)).code).toBe(2);
  expect((await exporting('--to', 'parquet', '--out', parquet, '--force')).code).toBe(0);
  const taps = NODES.map((node) => md5(readFileSync(join(recorded.folder, TAPS_FOLDER, `${node}-1-0-0.ids`))));

  const rows = readFileSync(join(jsonl, 'emissions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { node: string; seq: string; id: string });
  const fromJson = NODES.map((node) => {
    const mine = rows.filter((row) => row.node === node).sort((a, b) => Number(a.seq) - Number(b.seq));
    return md5(Buffer.from(BigUint64Array.from(mine, ({ id }) => BigInt(id)).buffer));
  });
  expect(fromJson).toEqual(taps);

  const engine = await startEngine(join(root, 'reader'));
  try {
    const { url, username, password } = engine.address;
    const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
    const fromParquet: string[] = [];
    for (const node of NODES) {
      const body = `SELECT id FROM file('${parquet}/emissions.parquet') WHERE node = '${node}' ORDER BY seq FORMAT RowBinary`;
      const reply = await fetch(url, { method: 'POST', body, headers });
      fromParquet.push(md5(Buffer.from(await reply.arrayBuffer())));
    }
    expect(fromParquet).toEqual(taps);
  } finally {
    await engine.stop();
  }
  expect(readFileSync(join(jsonl, 'journal.jsonl'), 'utf8')).toBe(
    readFileSync(join(recorded.folder, 'journal.jsonl'), 'utf8'),
  );
  expect(JSON.parse(readFileSync(join(parquet, 'export.json'), 'utf8'))).toMatchObject({
    rows: { emissions: '60000', batches: '60' },
  });
});
