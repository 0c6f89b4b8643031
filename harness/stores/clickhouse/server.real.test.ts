import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from './embedded.ts';
import type { EmbeddedEngine } from './embedded.ts';
import { openServer, parseStoreUrl, probeStore } from './server.ts';
import { rangeOf, temporaryFolder } from './store-fixture.ts';

describe('a server that serves', () => {
  const folder = temporaryFolder();
  let engine: EmbeddedEngine;
  let url: (database?: string) => string;

  // The embedded engine answers as a server does, and is one that every machine with these tests has.
  beforeAll(async () => {
    engine = await startEngine(folder.path);
    const { host } = new URL(engine.address.url);
    url = (database = '') => `http://${engine.address.username}:${engine.address.password}@${host}/${database}`;
  });
  afterAll(async () => {
    await engine.stop();
    folder[Symbol.dispose]();
  });

  test('keeps two runs apart', async () => {
    await using one = await openServer({ url: url(), runId: 'one' });
    await using two = await openServer({ url: url(), runId: 'two' });
    await one.append(rangeOf({ runId: 'one', batches: [[1n, 2n]] }));
    await two.append(rangeOf({ runId: 'two', batches: [[2n, 3n, 4n]] }));
    const idsOf = 'SELECT id FROM ids WHERE id IN (SELECT id FROM ids) ORDER BY id';
    expect(await one.sql.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }]);
    expect(await two.sql.rows(idsOf)).toEqual([{ id: '2' }, { id: '3' }, { id: '4' }]);
    expect((await one.counts()).map(({ ids }) => ids)).toEqual([2n]);
    expect((await two.counts()).map(({ ids }) => ids)).toEqual([3n]);
    expect(await one.live.rows(idsOf)).toEqual([{ id: '1' }, { id: '2' }]);
    expect(one.version).toBe(`ClickHouse ${engine.clickhouse} at ${engine.address.url}`);
  });

  test('is taken up again by a later run, in a database of any name', async () => {
    for (const runId of ['first', 'second']) {
      await using store = await openServer({ url: url('elsewhere'), runId });
      await store.append(rangeOf({ runId, batches: [[1n]] }));
      expect((await store.counts()).map(({ ids }) => ids)).toEqual([1n]);
    }
  });

  test('refuses tables that are not ours, and a wrong password, before anything is written', async () => {
    const { username, password } = engine.address;
    const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
    for (const query of ['CREATE DATABASE taken', 'CREATE TABLE taken.ids (id UInt64) ENGINE = Memory'])
      expect((await fetch(engine.address.url, { method: 'POST', body: query, headers })).status).toBe(200);
    await expect(openServer({ url: url('taken'), runId: 'x' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('`taken.ids` exists with other columns'),
    });
    const guessed = url().replace(password, 'guessed');
    await expect(openServer({ url: guessed, runId: 'x' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/token is wrong.*Check the user and password/s),
    });
    await expect(openServer({ url: guessed, runId: 'x' })).rejects.not.toThrow('guessed');
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
    const { problems } = await probeStore(silent.url);
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
          what: 'ClickHouse 18.16.1 is too old to serve as a store.',
          where: `--store ${old.url}`,
          remedy: expect.stringContaining('Use 24.8 or newer'),
        },
      ],
    });
  });

  test.each(['nonsense', 'ftp://host', 'http://user:secret@host:8123/a%20b', 'ftp://user:secret@host'])('%s', (url) => {
    expect(() => parseStoreUrl(url)).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(() => parseStoreUrl(url)).not.toThrow('secret');
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
