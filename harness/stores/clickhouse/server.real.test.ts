import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../core/store.ts';
import type { Patience } from './connection.ts';
import { makeCertificate, startProxy, startTestServer } from './server-for-tests.ts';
import type { TestServer } from './server-for-tests.ts';
import type { ServerOptions } from './server.ts';
import { openServer, probeStore } from './server.ts';
import { rangeOf, requestColumns, temporaryFolder } from './store-fixture.ts';

describe('a server that serves', () => {
  let server: TestServer;
  const open = (runId: string, database: string, more: Partial<ServerOptions> = {}) =>
    openServer({ url: `${server.url}/${database}`, runId, environment: server.environment, ...more });

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('keeps two runs apart that are collected at once, by two harnesses', async () => {
    const database = server.database();
    const opening = [open('one', database), open('two', database)] as const;
    await using one = await opening[0];
    await using two = await opening[1];
    await Promise.all([
      one.append(rangeOf({ runId: 'one', batches: [[1n, 2n]] })),
      two.append(rangeOf({ runId: 'two', batches: [[2n, 3n, 4n]] })),
    ]);
    const idsOf = 'SELECT id FROM ids WHERE id IN (SELECT id FROM ids) ORDER BY id';
    expect(await one.sql.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }]);
    expect(await two.sql.rows(idsOf)).toEqual([{ id: '2' }, { id: '3' }, { id: '4' }]);
    expect((await one.counts()).map(({ ids }) => ids)).toEqual([2n]);
    expect((await two.counts()).map(({ ids }) => ids)).toEqual([3n]);
    const rowsOf = async (store: Store) => (await store.bytes())?.map(({ table, rows }) => ({ [table]: rows }));
    expect(await rowsOf(one)).toEqual([{ batches: '1' }, { ids: '2' }]);
    expect(await rowsOf(two)).toEqual([{ batches: '1' }, { ids: '3' }]);
    expect(await one.live.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }]);
    expect(one.version).toBe(`ClickHouse ${await server.query('SELECT version()')} at ${server.url}`);
  });

  test('is taken up again by a later run, in a database of any name', async () => {
    const database = server.database();
    for (const runId of ['first', 'second']) {
      await using store = await open(runId, database);
      await store.append(rangeOf({ runId, batches: [[1n]] }));
      expect((await store.counts()).map(({ ids }) => ids)).toEqual([1n]);
    }
  });

  test('what it was probed with is gone again', async () => {
    const database = server.database();
    expect(await probeStore(`${server.url}/${database}`, server.environment)).toMatchObject({ problems: [] });
    expect(await server.query(`SELECT count() FROM system.tables WHERE database = '${database}'`)).toBe('0');
  });

  test('one that does not know a token twice is refused, with what it lacks', async () => {
    // A proxy that takes the tokens out: of a server that ignores them it cannot be told apart.
    await using proxy = await startProxy(server.url, () => 'without tokens');
    const { problems } = await probeStore(`${proxy.url}/${server.database()}`, server.environment);
    expect(problems).toEqual([
      {
        what: 'ClickHouse lacks deduplication by token: of an INSERT sent twice, and of another like it, 3 are stored.',
        where: `--store ${proxy.url}`,
        remedy: expect.stringContaining('Use a server that can') as unknown,
      },
      {
        what: 'ClickHouse lacks deduplication by token in materialized views: of an INSERT sent twice, and of another like it, 3 are stored.',
        where: `--store ${proxy.url}`,
        remedy: expect.stringContaining('Use a server that can') as unknown,
      },
    ]);
  });

  test('refuses tables that are not ours, and a wrong password, before anything is written', async () => {
    const database = server.database();
    await server.query(`CREATE DATABASE ${database}`);
    await server.query(`CREATE TABLE ${database}.ids (id UInt64) ENGINE = Memory`);
    await expect(open('x', database)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`\`${database}.ids\` exists with other columns`),
    });
    const environment = { ...server.environment, SNOWGLOBE_STORE_PASSWORD: 'guessed' };
    await expect(open('x', database, { environment })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/refuses to answer.*Set SNOWGLOBE_STORE_USER and SNOWGLOBE_STORE_PASSWORD/s),
    });
    await expect(open('x', database, { environment })).rejects.not.toThrow('guessed');
  });

  const QUICK: Patience = { triesForMs: 20_000, insertMs: 800, queryMs: 5000 };
  const ranges = Array.from({ length: 3 }, (_, index) => {
    const ids = Array.from({ length: 1000 }, (__, i) => BigInt(index * 1000 + i));
    return rangeOf({ runId: 'flaky', firstSeq: BigInt(index * 1000), batches: [ids] });
  });

  test.each([
    ['answers 500', ['500', '503', '500']],
    ['stalls', ['stall']],
    ['resets', ['reset', 'reset in its midst', 'reset']],
    ['does what it was asked and says nothing', ['answer lost', 'answer lost']],
  ] as const)('one that %s now and then is tried again: each ID once, in compressed requests', async (_, mishaps) => {
    const database = server.database();
    let inserts = 0;
    await using proxy = await startProxy(server.url, (_index, isInsert) => {
      if (!isInsert || !isOpen) return 'none';
      // Every third passes, so that a range is through before the next.
      return inserts++ % 3 === 2 ? 'none' : (mishaps[inserts % mishaps.length] ?? 'none');
    });
    let isOpen = false;
    const url = `${proxy.url}/${database}`;
    await using store = await openServer({ url, runId: 'flaky', environment: server.environment, patience: QUICK });
    isOpen = true;
    for (const range of ranges) await store.append(range);
    const requests = requestColumns(500);
    await store.appendRequests(requests);
    isOpen = false;
    expect(await store.counts()).toMatchObject([{ ids: 3000n, inBatches: 3000n, positions: 3000n }]);
    expect(await store.sql.rows('SELECT count() AS rows, uniqExact(sent) AS moments FROM requests')).toEqual([
      { rows: '500', moments: '500' },
    ]);
    expect(proxy.requests.filter(({ mishap }) => mishap !== 'none').length).toBeGreaterThanOrEqual(8);
    expect(proxy.requests.filter(({ headers }) => headers['content-encoding'] === 'zstd').length).toBeGreaterThan(11);
  });

  test('one that is away and comes back is carried on with; one that does not is lost, once and for all', async () => {
    const database = server.database();
    let away = false;
    await using proxy = await startProxy(server.url, () => (away ? 'reset' : 'none'));
    const url = `${proxy.url}/${database}`;
    await using store = await openServer({
      ...{ url, runId: 'flaky', environment: server.environment },
      patience: { ...QUICK, triesForMs: 1500 },
    });
    away = true;
    setTimeout(() => (away = false), 600);
    await store.append(ranges[0]!);
    expect(await store.counts()).toMatchObject([{ ids: 1000n }]);
    away = true;
    await expect(store.append(ranges[1]!)).rejects.toMatchObject({
      name: 'EngineLost',
      message: expect.stringMatching(/^ClickHouse .* at http.* is lost: .* \(\d+ times within 1\.5 s\)$/),
    });
    const requests = proxy.requests.length;
    await expect(store.counts()).rejects.toMatchObject({ name: 'EngineLost' });
    expect(proxy.requests).toHaveLength(requests);
    away = false;
    await using next = await openServer({ url, runId: 'flaky', environment: server.environment });
    for (const range of ranges) await next.append(range);
    expect(await next.counts()).toMatchObject([{ ids: 3000n, positions: 3000n }]);
  });

  test('a query that fails of itself is not tried again', async () => {
    await using proxy = await startProxy(server.url, () => 'none');
    await using store = await openServer({
      ...{ url: `${proxy.url}/${server.database()}`, runId: 'x', environment: server.environment },
    });
    const before = proxy.requests.length;
    await expect(store.sql.rows('SELECT nothing FROM ids')).rejects.toMatchObject({ type: 'UNKNOWN_IDENTIFIER' });
    expect(proxy.requests).toHaveLength(before + 1);
  });

  test('a certificate that nobody vouches for is told, with how to vouch for it', async () => {
    using folder = temporaryFolder();
    await using proxy = await startProxy(server.url, () => 'none', makeCertificate(folder.path));
    expect((await probeStore(proxy.url, server.environment)).problems).toEqual([
      {
        what: expect.stringContaining('The certificate of the server is not one that Node trusts') as unknown,
        where: `--store ${proxy.url}`,
        remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS') as unknown,
      },
    ]);
  });
});

describe('a URL that cannot serve is told of with what, where and a remedy', () => {
  test('nothing listens', async () => {
    const url = await freePort();
    const { problems } = await probeStore(url);
    expect(problems).toEqual([
      {
        what: expect.stringContaining('ClickHouse does not answer: connect ECONNREFUSED'),
        where: `--store ${url}`,
        remedy: expect.stringContaining('Start the server'),
      },
    ]);
  });

  test('something listens and says nothing', async () => {
    await using silent = await listen(createTcpServer(() => undefined));
    const { problems } = await probeStore(silent.url, {}, { triesForMs: 0, insertMs: 300, queryMs: 300 });
    expect(problems).toMatchObject([{ what: expect.stringContaining('does not answer: Timeout') }]);
  });

  test('something else answers', async () => {
    await using other = await listen(createServer((_, response) => response.end('<html>hello</html>')));
    expect((await probeStore(other.url)).problems).toMatchObject([{ what: 'What answers there is no ClickHouse.' }]);
  });

  test('a ClickHouse too old: the answers of Debian’s 18.16, as recorded', async () => {
    await using old = await listen(
      createServer((request, response) => {
        const settings = [...new URL(request.url!, 'http://x').searchParams.keys()];
        const unknown = settings.find((name) => !['query', 'query_id', 'database', 'default_format'].includes(name));
        request.resume();
        if (unknown === undefined) response.end('18.16.1\n');
        else
          response
            .writeHead(404)
            .end(`Code: 115, e.displayText() = DB::Exception: Unknown setting ${unknown}, e.what() = DB::Exception`);
      }),
    );
    await expect(openServer({ url: old.url, runId: 'x' })).rejects.toMatchObject({
      exitCode: 3,
      problems: [
        {
          what: expect.stringMatching(/^ClickHouse lacks settings .*Unknown setting output_format_json/),
          where: `--store ${old.url}`,
          remedy: expect.stringContaining('Use a server that can'),
        },
      ],
    });
  });
});

async function listen(server: ReturnType<typeof createTcpServer>): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function freePort(): Promise<string> {
  const server = await listen(createTcpServer());
  await server[Symbol.asyncDispose]();
  return server.url;
}
