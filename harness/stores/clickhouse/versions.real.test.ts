import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from './server-for-tests.ts';
import { startTestServer } from './server-for-tests.ts';
import { openServer, probeStore } from './server.ts';
import { rangeOf, requestColumns } from './store-fixture.ts';
import { SCHEMA_VERSION } from './versions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const FIRST = readFileSync(join(import.meta.dirname, 'fixtures/schema-1.sql'), 'utf8');

async function firstSchema(): Promise<string> {
  const database = server.database();
  const statements = FIRST.replaceAll(/^--.*$/gm, '')
    .replaceAll('snowglobe', database)
    .split(/;\s*$/m)
    .filter((statement) => statement.trim() !== '');
  expect(statements.length).toBeGreaterThan(15);
  for (const statement of statements) await server.query(statement);
  return database;
}

const open = (database: string, runId: string, idBits: 64 | 128 = 64) =>
  openServer({ url: `${server.url}/${database}`, runId, idBits, environment: server.environment });

const versions = (database: string) =>
  server.query(`SELECT groupArray(version) FROM (SELECT version FROM ${database}.schema_version ORDER BY version)`);

test('tables that the first version made are brought up to this one, with all that they hold', async () => {
  const database = await firstSchema();
  await server.query(`INSERT INTO ${database}.ingest VALUES
    ('old', 0, 1, 0, 0, 2, 0, 0, 1000, 0, 0, 5, 0, 0, [7, 18446744073709551615])`);
  await server.query(`INSERT INTO ${database}.requests VALUES ('old', 0, -5, 7, 1, 1, 0, 0, 2, 7, 7, 9)`);
  {
    await using old = await open(database, 'old');
    expect(await old.counts()).toMatchObject([{ ids: 2n, inBatches: 2n, positions: 2n }]);
    expect(await old.sql.rows('SELECT id FROM ids ORDER BY id')).toEqual([{ id: '7' }, { id: String(2n ** 64n - 1n) }]);
    expect(await old.sql.rows('SELECT sent, digest FROM requests')).toEqual([{ sent: '-5', digest: '9' }]);
    // Nothing was told of what lies between the first and the last ID of a batch: any bit may differ.
    expect(await old.sql.rows('SELECT varying, stretches FROM batches')).toEqual([
      { varying: String(2n ** 64n - 1n), stretches: [] },
    ]);
  }
  for (const idBits of [64, 128] as const) {
    // Twice: what is brought up is left as it is.
    for (const _ of [1, 2]) {
      await using store = await open(database, `new${idBits}`, idBits);
      if (idBits === 64) await store.append(rangeOf({ runId: 'new64', batches: [[1n, 2n, 3n]] }));
      await store.appendRequests(requestColumns(10));
      expect(await store.sql.rows('SELECT count() AS n FROM requests')).toEqual([{ n: '10' }]);
    }
  }
  expect(await server.query(`SELECT count() FROM ${database}.ids`)).toBe('5');
  expect(await versions(database)).toBe('[2]');
});

test('two harnesses that bring the same tables up at once do no harm', async () => {
  const database = await firstSchema();
  const stores = await Promise.all(['a', 'b', 'c'].map((runId) => open(database, runId)));
  for (const store of stores) await store[Symbol.asyncDispose]();
  expect(new Set(JSON.parse(await versions(database)) as number[])).toEqual(new Set([2]));
});

test('a store knows its version from the start, and is told it once', async () => {
  const database = server.database();
  for (const runId of ['one', 'two']) await (await open(database, runId))[Symbol.asyncDispose]();
  expect(await versions(database)).toBe(`[${SCHEMA_VERSION}]`);
});

test.each([
  [SCHEMA_VERSION + 1, 'made by a newer snowglobe', 'does not know that one'],
  [0, 'made by an older snowglobe', 'there is no way from that one to it'],
])('schema %i is left alone, and it is said what to do', async (version, whose, why) => {
  const database = server.database();
  await (await open(database, 'one'))[Symbol.asyncDispose]();
  await server.query(`TRUNCATE TABLE ${database}.schema_version`);
  await server.query(`INSERT INTO ${database}.schema_version VALUES (${version}, now())`);
  const before = await server.query(`SHOW TABLES FROM ${database}`);
  const { problems } = await probeStore(`${server.url}/${database}`, server.environment);
  expect(problems).toEqual([
    {
      what: expect.stringMatching(
        new RegExp(`^The tables there are of schema ${version}, ${whose}; .*${why}`),
      ) as unknown,
      where: `--store ${server.url}`,
      remedy: expect.stringContaining('Use the snowglobe that made them, or another database') as unknown,
    },
  ]);
  await expect(open(database, 'two')).rejects.toMatchObject({ exitCode: 3 });
  expect(await server.query(`SHOW TABLES FROM ${database}`)).toBe(before);
});
