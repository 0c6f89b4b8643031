import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EngineLost } from '../../core/store.ts';
import type { BatchRange, Store } from '../../core/store.ts';
import { openClickHouseStore } from './clickhouse-store.ts';
import { CANARY_NODE } from '../../core/canary.ts';
import { openAfresh, openEmbedded, startEngine } from './embedded.ts';
import type { EmbeddedEngine } from './embedded.ts';
import { storeReadiness } from './readiness.ts';
import { DATABASE } from './schema.ts';
import { rangeOf, temporaryFolder } from './store-fixture.ts';

const RUN = 'ab12cd34';

const lane = (ids: bigint, node = 'n1', incarnation = 1) => ({
  ...{ node, incarnation, lane: 0 },
  ...{ ids, inBatches: ids, positions: ids },
});

describe('what is stored', () => {
  test('it says by table what a run takes on disk', async () => {
    using folder = temporaryFolder();
    const ids = Array.from({ length: 5000 }, (_, i) => BigInt(i) << 22n);
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    await store.append(rangeOf({ runId: RUN, batches: [ids, ids.map((id) => id + 1n)] }));
    const [inBatches, inIds, ...more] = (await store.bytes()) ?? [];
    expect(more).toEqual([]);
    expect(inBatches).toMatchObject({ table: 'batches', rows: '2' });
    expect(inIds).toMatchObject({ table: 'ids', rows: '10000' });
    // Delta codecs: an ID in order takes a few bits, and never more than its columns without them.
    expect(Number(inIds?.onDisk)).toBeGreaterThan(1000);
    expect(Number(inIds?.onDisk)).toBeLessThan(Number(inIds?.uncompressed) / 4);
  });

  test('it takes in no second run', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    await store.append(rangeOf({ runId: RUN, batches: [[1n]] }));
    await store[Symbol.asyncDispose]();
    await expect(openEmbedded({ folder: folder.path, runId: 'another' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`holds the run ${RUN}, and not another`),
    });
  });

  test('64-bit values, positions and times come back whole', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    const edges = [0n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
    await store.append(
      rangeOf({
        runId: RUN,
        node: 1,
        incarnation: 2,
        firstSeq: 2n ** 40n,
        workerId: -1,
        batches: [edges, [], [7n, 7n, 9n]],
      }),
    );
    const lane = { node: 1, incarnation: 2, lane: 0 };
    expect(await store.sql.rows('SELECT * FROM ids ORDER BY seq LIMIT 5')).toEqual(
      edges.map((id, index) => ({ ...lane, seq: String(2n ** 40n + BigInt(index)), id: String(id), worker: -1 })),
    );
    const batch = {
      ...lane,
      flags: 0,
      wall_called_ms: 1_700_000_000_000,
      wall_returned_ms: 1_700_000_000_000.001,
      worker: -1,
      lease: String(2n ** 64n - 1n),
      create_revision: String(2n ** 63n),
    };
    const from5 = String(2n ** 40n + 5n);
    expect(await store.sql.rows('SELECT * FROM batches ORDER BY called')).toEqual([
      {
        ...batch,
        first_seq: String(2n ** 40n),
        count: 5,
        called: '0',
        returned: '1000',
        first_id: '0',
        last_id: String(edges[4]),
        min_id: '0',
        max_id: String(edges[4]),
        backward: 0,
        varying: String(2n ** 64n - 1n),
        stretches: [],
      },
      {
        ...batch,
        first_seq: from5,
        count: 0,
        called: '1000000',
        returned: '1001000',
        first_id: '0',
        last_id: '0',
        min_id: '0',
        max_id: '0',
        backward: 0,
        varying: '0',
        stretches: [],
      },
      {
        ...batch,
        first_seq: from5,
        count: 3,
        called: '2000000',
        returned: '2001000',
        first_id: '7',
        last_id: '9',
        min_id: '7',
        max_id: '9',
        backward: 1,
        varying: '14',
        stretches: ['7', '7', '7', '7', '9', '9'],
      },
    ]);
  });

  test('requests, with times before the origin', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    await store.appendRequests({
      length: 1,
      node: Uint16Array.of(3),
      sent: Float64Array.of(-5),
      received: Float64Array.of(7e15),
      status: Uint8Array.of(1),
      incarnation: Uint32Array.of(2),
      lane: Uint16Array.of(0),
      firstSeq: Float64Array.of(2 ** 40),
      count: Uint32Array.of(500),
      first: BigUint64Array.of(2n ** 63n + 1n),
      last: BigUint64Array.of(2n ** 64n - 1n),
      digest: BigUint64Array.of(2n ** 53n + 1n),
    });
    expect(await store.sql.rows('SELECT * FROM requests')).toEqual([
      {
        node: 3,
        sent: '-5',
        received: '7000000000000000',
        status: 1,
        incarnation: 2,
        lane: 0,
        first_seq: String(2 ** 40),
        count: 500,
        first_id: String(2n ** 63n + 1n),
        last_id: String(2n ** 64n - 1n),
        digest: String(2n ** 53n + 1n),
      },
    ]);
  });

  test('a range sent again is stored once, equal ranges of other tokens each', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    const range = rangeOf({ runId: RUN, batches: [[1n, 2n], [3n]] });
    await store.append(range);
    await store.append(range);
    expect(await store.counts()).toEqual([lane(3n)]);
    await store.append({ ...range, token: `${range.token}/other` });
    expect(await store.counts()).toEqual([{ ...lane(6n), positions: 3n }]);
  });
});

describe('queries', () => {
  test('take parameters of any text, side by side, and refuse one that an earlier query had', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    const texts = ["it's", '\\', '\\N', 'a\tb\nc\rd\0e', '{x:String}', 'ü€😀', '', "\\'\\\\n"];
    const told = await Promise.all(texts.map((x) => store.sql.rows<{ x: string }>('SELECT {x:String} AS x', { x })));
    expect(told).toEqual(texts.map((x) => [{ x }]));
    for (let session = 0; session < 4; session++)
      for (const place of ['{x:String}', '{ x:String}', '{x :String}', '{\nx : String}'])
        await expect(store.sql.rows(`SELECT ${place} AS x`)).rejects.toThrow('Substitution `x` is not set');
  });

  test('see tables by their names, with parameters, and errors that are the query’s own', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    await store.append(rangeOf({ runId: RUN, batches: [[1n, 2n], [3n]] }));
    const query =
      'WITH big AS (SELECT id FROM ids WHERE id >= {least:UInt64}) SELECT count() AS n, {text:String} AS text FROM big';
    const text = `it's a \\ "tab"\t\nand {run:String}`;
    expect(await store.sql.rows(query, { least: '2', text })).toEqual([{ n: '2', text }]);
    await expect(store.sql.rows('SELECT nothing FROM ids')).rejects.toMatchObject({ type: 'UNKNOWN_IDENTIFIER' });
    expect(await store.sql.rows('SELECT count() AS n FROM ids JOIN batches USING (node)')).toEqual([{ n: '6' }]);
  });

  test('what the canary minted is seen by whoever looks while the run lasts, and by nobody else', async () => {
    using folder = temporaryFolder();
    await using store = await openEmbedded({ folder: folder.path, runId: RUN });
    await store.append(rangeOf({ runId: RUN, batches: [[1n, 2n]] }));
    await store.append({ ...rangeOf({ runId: RUN, node: CANARY_NODE, batches: [[2n, 7n]] }) });
    const idsOf = 'SELECT id FROM ids ORDER BY id';
    expect(await store.sql.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }]);
    expect(await store.live.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }, { id: '2' }, { id: '7' }]);
    expect((await store.counts()).map(({ ids }) => ids)).toEqual([2n]);
    await store.forgetCanary();
    await store.forgetCanary();
    expect(await store.live.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }]);
  });
});

describe('the process of the engine', () => {
  test('refuses a wrong token, and settings that it would not obey', async () => {
    using folder = temporaryFolder();
    const engine = await startEngine(folder.path);
    try {
      const options = { database: DATABASE, engine: 'own', runId: RUN, idBits: 64, version: 'chdb' } as const;
      const open = openClickHouseStore({ ...options, address: { ...engine.address, password: 'guess' } });
      await expect(open).rejects.toMatchObject({ type: 'AUTHENTICATION_FAILED' });
      expect((await fetch(`${engine.address.url}/?query=SELECT+1`)).status).toBe(403);
      const { username, password, url } = engine.address;
      const authorization = `Basic ${btoa(`${username}:${password}`)}`;
      const reply = await fetch(`${url}/?query=SELECT+1&max_threads=1`, { headers: { authorization } });
      expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('UNKNOWN_SETTING')]);
    } finally {
      await engine.stop();
    }
    expect(await engine.ended()).toContain('exit code 0');
  });

  test('one that dies is an EngineLost that says how', async () => {
    using folder = temporaryFolder();
    await using opened = await openOn(folder.path);
    const query = opened.store.sql.rows('SELECT sleep(3)');
    await sleep(200);
    process.kill(opened.engine.pid, 'SIGKILL');
    await expect(query).rejects.toBeInstanceOf(EngineLost);
    await expect(opened.store.append(rangeOf({ runId: RUN, batches: [[1n]] }))).rejects.toMatchObject({
      name: 'EngineLost',
      message: expect.stringContaining('SIGKILL'),
    });
  });

  test('ends when its parent is killed', async () => {
    using folder = temporaryFolder();
    const { parent, engine } = await engineOfAnother(folder.path);
    expect(alive(engine)).toBe(true);
    parent.kill('SIGKILL');
    for (const deadline = Date.now() + 5000; alive(engine) && Date.now() < deadline;) await sleep(50);
    expect(alive(engine)).toBe(false);
  });

  test.each([
    ['of its parent’s group', 'group'],
    ['of a whole job, itself among them', 'itself'],
  ])('outlives a signal to every process %s: it is for the harness', async (_, whom) => {
    using folder = temporaryFolder();
    const { parent, engine } = await engineOfAnother(folder.path);
    try {
      for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const)
        process.kill(whom === 'group' ? -(parent.pid as number) : engine, signal);
      await sleep(500);
      expect({ parent: alive(parent.pid as number), engine: alive(engine) }).toEqual({ parent: true, engine: true });
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test('one folder has one engine', async () => {
    using folder = temporaryFolder();
    await using _ = await openEmbedded({ folder: folder.path, runId: RUN });
    await expect(openEmbedded({ folder: folder.path, runId: RUN })).rejects.toMatchObject({
      name: 'SnowglobeError',
      exitCode: 3,
    });
  });

  test('is ready on a machine that can run these tests', async () => {
    expect(await storeReadiness()).toEqual({
      version: expect.stringMatching(/^chdb \S+ \(ClickHouse \S+\)$/),
      problems: [],
    });
  });
});

test('without chdb: what is missing and how to get it', async () => {
  using folder = temporaryFolder();
  const modules = new URL('../../../node_modules/@clickhouse', import.meta.url);
  for (const part of ['core', 'stores/clickhouse'])
    cpSync(new URL(`../../${part}`, import.meta.url), join(folder.path, 'harness', part), { recursive: true });
  mkdirSync(join(folder.path, 'node_modules'));
  symlinkSync(fileURLToPath(modules), join(folder.path, 'node_modules/@clickhouse'));
  const { requireChdb } = (await import(
    pathToFileURL(join(folder.path, 'harness/stores/clickhouse/embedded.ts')).href
  )) as typeof import('./embedded.ts');
  expect(requireChdb).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringMatching(/npm install chdb.*--store URL/) }),
  );
});

test('killed while it takes ranges of two nodes at once, opened again, all ranges sent again: each ID once', async () => {
  using folder = temporaryFolder();
  const lanes = [0, 1].map((node) =>
    Array.from({ length: 40 }, (_, index) => {
      const batches = Array.from({ length: 50 }, (_, batch) =>
        Array.from({ length: 100 }, (_, id) => BigInt(node * 1_000_000 + index * 5000 + batch * 100 + id)),
      );
      return rangeOf({ runId: RUN, node, firstSeq: BigInt(index * 5000), batches });
    }),
  );
  for (const killAfterMs of [50, 150, 300]) {
    await using opened = await openOn(folder.path);
    const sending = Promise.allSettled(lanes.map((ranges) => appendAll(opened.store, ranges)));
    await sleep(killAfterMs);
    process.kill(opened.engine.pid, 'SIGKILL');
    for (const sent of await sending) expect(sent).toMatchObject({ reason: expect.any(EngineLost) });
  }
  const sendAgain = (to: Store) => Promise.all(lanes.map((ranges) => appendAll(to, ranges)));
  let again = await openEmbedded({ folder: folder.path, runId: RUN });
  await sendAgain(again);
  // The engine notes a token before the part that it names is there: a kill in between leaves a range that it takes for
  // known ever after. The counts tell, and `judge` does this.
  if ((await again.counts()).some(({ ids, inBatches }) => ids < 200_000n || inBatches < 200_000n)) {
    await again[Symbol.asyncDispose]();
    ({ store: again } = await openAfresh({ folder: folder.path, runId: RUN }));
    await sendAgain(again);
  }
  await using store = again;
  expect(await store.counts()).toEqual([lane(200_000n), lane(200_000n, 'n2')]);
  expect(
    await store.sql.rows(
      'SELECT node, uniqExact(id) AS ids, uniqExact(seq) AS seqs FROM ids GROUP BY node ORDER BY node',
    ),
  ).toEqual([0, 1].map((node) => ({ node, ids: '200000', seqs: '200000' })));
});

async function appendAll(store: Store, ranges: readonly BatchRange[]): Promise<void> {
  for (const range of ranges) await store.append(range);
}

async function openOn(
  folder: string,
): Promise<AsyncDisposable & { readonly store: Store; readonly engine: EmbeddedEngine }> {
  const engine = await startEngine(folder);
  const store = await openClickHouseStore({
    address: engine.address,
    database: DATABASE,
    engine: 'own',
    runId: RUN,
    idBits: 64,
    version: 'chdb',
    handOverIn: engine.incoming,
    lost: engine.ended,
    close: engine.stop,
  });
  return { store, engine, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** An engine whose parent is a process of its own, in its own group, that listens to the signals of an interrupted run. */
async function engineOfAnother(folder: string): Promise<{ readonly parent: ChildProcess; readonly engine: number }> {
  const program = `
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
    const { startEngine } = await import(${JSON.stringify(new URL('embedded.ts', import.meta.url).href)});
    const engine = await startEngine(${JSON.stringify(folder)});
    console.log(engine.pid);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, engine: Number(String(line)) };
}

/** A zombie is dead: in a container, nobody may reap the orphans of a test. */
function alive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
