import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from './embedded.ts';
import type { EmbeddedEngine } from './embedded.ts';
import type { ExportSource } from './export.ts';
import { ExportTarget, journalToParquet, RunExport } from './export.ts';
import type { TestServer } from './server-for-tests.ts';
import { startTestServer } from './server-for-tests.ts';
import { openServer } from './server.ts';
import { rangeOf, temporaryFolder } from './store-fixture.ts';

const EDGES = [0n, 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];

/** The same IDs in both halves: a number that no 64 bits hold. */
const long = (id: bigint): bigint => (id << 64n) | id;

describe.each([64, 128] as const)('IDs of %i bits', (idBits) => {
  const folder = temporaryFolder();
  let server: TestServer;
  let local: EmbeddedEngine;
  let source: ExportSource;
  const ids = EDGES.map((id) => (idBits === 64 ? id : long(id)));

  beforeAll(async () => {
    server = await startTestServer();
    // Reads files that another engine wrote.
    local = await startEngine(join(folder.path, 'reader'));
    const database = server.database();
    await using store = await openServer({
      ...{ url: `${server.url}/${database}`, runId: 'abc', idBits, environment: server.environment },
    });
    const range = rangeOf({ runId: 'abc', node: 1, batches: [EDGES.slice(0, 3), EDGES.slice(3)] });
    const bytes = idBits === 64 ? range.ids : Buffer.from(new BigUint64Array(EDGES.flatMap((id) => [id, id])).buffer);
    await store.append({ ...range, ids: bytes });
    await store.append({ ...rangeOf({ runId: 'abc', firstSeq: 9n, batches: [[]] }), token: 'other' });
    const isLocal = server.pid !== undefined;
    source = { address: server.address, database, runId: 'abc', idBits, nodes: ["n'1\\", 'n2'], isLocal };
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await local.stop();
    folder[Symbol.dispose]();
  });

  const query = async (sql: string): Promise<string> => {
    const { url, username, password } = local.address;
    const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
    return (await (await fetch(url, { method: 'POST', body: sql, headers })).text()).trim();
  };
  const expected = ids.map((id, seq) => ({
    node: 'n2',
    incarnation: 1,
    lane: 0,
    seq: String(seq),
    id: String(id),
    worker: 5,
  }));

  test.each([true, false])(
    'come out of JSON lines as they went in (written by the engine itself: %s)',
    async (isLocal) => {
      if (isLocal && !source.isLocal) return;
      await using exporting = new RunExport({ ...source, isLocal });
      const file = join(folder.path, `${idBits}-${isLocal}.jsonl`);
      expect(await exporting.toFile('emissions', 'jsonl', file)).toBe(5n);
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const rows = lines.map((line) => JSON.parse(line) as { readonly seq: string });
      expect(rows.toSorted((a, b) => Number(a.seq) - Number(b.seq))).toEqual(expected);
      const batches = join(folder.path, `${idBits}-${isLocal}-batches.jsonl`);
      expect(await exporting.toFile('batches', 'jsonl', batches)).toBe(3n);
      expect(readFileSync(batches, 'utf8')).toContain(`"max_id":"${ids[2]}"`);
      expect(readFileSync(batches, 'utf8')).toContain(String.raw`"node":"n'1\\"`);
    },
  );

  test.each([true, false])(
    'come out of Parquet as they went in (written by the engine itself: %s)',
    async (isLocal) => {
      if (isLocal && !source.isLocal) return;
      await using exporting = new RunExport({ ...source, isLocal });
      const file = join(folder.path, `${idBits}-${isLocal}.parquet`);
      expect(await exporting.toFile('emissions', 'parquet', file)).toBe(5n);
      expect(await query(`SELECT toTypeName(any(id)) FROM file('${file}')`)).toMatch(
        idBits === 64 ? /UInt64/ : /String/,
      );
      expect(await query(`SELECT node, seq, toString(id), worker FROM file('${file}') ORDER BY seq`)).toBe(
        ids.map((id, seq) => `n2\t${seq}\t${id}\t5`).join('\n'),
      );
    },
  );

  test('come out of the tables of another server as they went in, and not a second time', async () => {
    await using exporting = new RunExport(source);
    const database = server.database();
    await using target = new ExportTarget(server.address, database, false);
    expect(await exporting.toTable('emissions', target)).toBe(5n);
    expect(await exporting.toTable('batches', target)).toBe(3n);
    const lines = ['{"n":0,"at":5,"kind":"note","text":"it\'s \\"so\\""}', '{"n":1,"at":-7,"kind":"stall"}'];
    expect(await target.journal('abc', lines)).toBe(2);
    const table = `${database}.exported_emissions${idBits === 64 ? '' : '_128'}`;
    expect(await server.query(`SELECT groupArray(toString(id)) FROM (SELECT id FROM ${table} ORDER BY seq)`)).toBe(
      `[${ids.map((id) => `'${id}'`).join(',')}]`,
    );
    expect(await server.query(`SELECT entry FROM ${database}.exported_journal ORDER BY n FORMAT RawBLOB`)).toBe(
      lines.join(''),
    );
    await expect(exporting.toTable('emissions', target)).rejects.toMatchObject({ name: 'AlreadyThere', table });
    await using forced = new ExportTarget(server.address, database, true);
    expect(await exporting.toTable('emissions', forced)).toBe(5n);
  });

  test('a journal comes out of Parquet line by line', async () => {
    const journal = join(import.meta.dirname, 'fixtures/journal.jsonl');
    const file = join(folder.path, `journal-${idBits}.parquet`);
    await journalToParquet(local.address, journal, file);
    expect(await query(`SELECT n, at, kind FROM file('${file}') ORDER BY n`)).toBe('0\t5\tnote\n1\t-7\tstall');
    expect(await query(`SELECT entry FROM file('${file}') ORDER BY n FORMAT RawBLOB`)).toBe(
      readFileSync(journal, 'utf8').replaceAll('\n', ''),
    );
  });
});
