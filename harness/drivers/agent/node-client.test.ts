/** A real HTTP server on a UNIX socket in place of a node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MintReply, Taking } from '../../core/cluster.ts';
import { IN_NUMBERS, receivedIds } from '../../core/received-ids.ts';
import { NodeClient } from './node-client.ts';

let folder: string;
let socketPath: string;
let client: NodeClient;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  socketPath = join(folder, 'n1.sock');
  client = new NodeClient({ socketPath }, (monotonicNs) => Number(monotonicNs) - 1000);
});

afterEach(() => {
  client.close();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const serve = (listener: RequestListener): Promise<void> =>
  new Promise((resolve) => (server = createServer(listener).listen(socketPath, resolve)));

const mint = (count: number, timeoutMs = 1000, taking?: Taking): Promise<MintReply> =>
  new Promise((resolve) => client.mint(count, timeoutMs, resolve, taking));

test('an answer with IDs names their position in the tap', async () => {
  await serve((request, response) => {
    expect(request.headers.accept).toBe('application/octet-stream');
    response.setHeader('snowglobe-seq', '2/0/4096/3').end(Buffer.alloc(24));
  });
  expect(await mint(3)).toEqual({ status: 'ok', incarnation: 2, lane: 0, firstSeq: 4096, count: 3 });
});

test.each([
  [503, '{"refused":"waiting"}', { status: 'refused', reason: 'waiting' }],
  [500, '{"error":"broken"}', { status: 'error', reason: 'broken' }],
  [502, 'null', { status: 'error', reason: 'HTTP 502' }],
  [200, 'no header', { status: 'error', reason: 'no snowglobe-seq header' }],
])('HTTP %d with %s', async (status, body, reply) => {
  await serve((_, response) => response.writeHead(status).end(body));
  expect(await mint(1)).toEqual(reply);
});

test('fewer bytes than the header promises are an error', async () => {
  await serve((_, response) => response.setHeader('snowglobe-seq', '1/0/0/3').end(Buffer.alloc(16)));
  expect(await mint(3)).toEqual({ status: 'error', reason: 'not as many IDs as the header says' });
});

test('IDs that are compared are read as they came, as bytes and as JSON', async () => {
  const ids = BigUint64Array.of(2n ** 63n + 1n, 7n, 2n ** 53n + 1n);
  await serve((request, response) => {
    const asJson = request.headers.accept === 'application/json';
    const body = asJson ? JSON.stringify({ ids: Array.from(ids, String) }) : Buffer.from(ids.buffer);
    response.setHeader('snowglobe-seq', '1/0/0/3').end(body);
  });
  const received = receivedIds(ids, 1);
  expect((await mint(3, 1000, 'bytes')).received).toEqual(received);
  expect((await mint(3, 1000, 'json')).received).toEqual(received);
  expect(await mint(3)).not.toHaveProperty('received');
});

test('what a node lost by answering in JSON numbers is seen', async () => {
  await serve((_, response) => response.setHeader('snowglobe-seq', '1/0/0/1').end('{"ids":[9007199254740993]}'));
  const { status, received } = await mint(1, 1000, 'json');
  expect({ status, received }).toEqual({
    status: 'ok',
    received: { ...receivedIds(BigUint64Array.of(2n ** 53n), 1), digest: IN_NUMBERS },
  });
});

test.each(['{"ids":["1"]}', '{"ids":7}', 'no JSON'])(
  'JSON without as many IDs as the header says is an error: %s',
  async (body) => {
    await serve((_, response) => response.setHeader('snowglobe-seq', '1/0/0/3').end(body));
    expect(await mint(3, 1000, 'json')).toEqual({ status: 'error', reason: 'not as many IDs as the header says' });
  },
);

test('silence ends in no answer, once, and the connection is gone', async () => {
  const closed = new Promise<void>((resolve) => void serve((request) => request.socket.on('close', () => resolve())));
  let calls = 0;
  const reply = await new Promise<MintReply>((resolve) =>
    client.mint(1, 50, (said) => {
      calls++;
      resolve(said);
    }),
  );
  expect(reply).toEqual({ status: 'no answer', reason: 'timeout' });
  await closed;
  expect(calls).toBe(1);
});

test('a connection that breaks under a request leaves its outcome unknown', async () => {
  await serve((request) => request.socket.destroy());
  expect((await mint(1)).status).toBe('no answer');
});

test('a connection that was never made certainly minted nothing', async () => {
  expect(await mint(1)).toEqual({ status: 'error', reason: 'ENOENT' });
});

test('health is put on the run’s axis, and is not held up by waiting clients', async () => {
  const said = {
    status: 'waiting',
    incarnation: 1,
    wallMs: 5,
    monotonicNs: '3000',
    minted: ['18446744073709551615'],
    pid: 7,
  };
  await serve((request, response) => {
    if (request.url === '/health') response.end(JSON.stringify(said));
  });
  const waiting = Array.from({ length: 150 }, () => mint(1, 500));
  expect(await client.health(400)).toEqual({
    status: 'waiting',
    incarnation: 1,
    wallMs: 5,
    at: 2000,
    minted: ['18446744073709551615'],
    pid: 7,
  });
  expect(new Set((await Promise.all(waiting)).map((reply) => reply.status))).toEqual(new Set(['no answer']));
});

test('health that is none is refused', async () => {
  await serve((_, response) => response.end('{"status":"fine"}'));
  await expect(client.health(500)).rejects.toThrow('no health: the answer is not what PROTOCOL.md says');
});
