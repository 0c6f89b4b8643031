/** The shell as a process, beside a real etcd. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startEtcd } from '../../harness/coordinators/etcd-for-tests.ts';
import type { EtcdForTests } from '../../harness/coordinators/etcd-for-tests.ts';
import { BATCH_BYTES, ID_BYTES, decodeBatch, parseSegmentName } from '../../harness/core/tap.ts';
import type { BatchRecord, LeaseLogLine } from '../../harness/core/tap.ts';

const SHELL = join(import.meta.dirname, 'main.ts');
const UUIDV7 = join(import.meta.dirname, '../uuidv7.ts');
const SNOWFLAKE = join(import.meta.dirname, '../snowflake.ts');

let etcd: EtcdForTests;
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  etcd = await startEtcd(1);
});
afterAll(() => etcd[Symbol.asyncDispose]());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-shell-'));
  mkdirSync(join(folder, 'taps'));
  mkdirSync(join(folder, 'disk'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  rmSync(folder, { recursive: true });
  const client = etcd.client();
  for (const { lease } of await client.range('o/', 3000)) await client.revoke(lease, 3000);
  await client.txn([], [{ delete: 'b/0' }], [], 3000); // or the next test's node waits until its clock has passed it
});

interface Started {
  readonly child: ChildProcess;
  readonly socket: string;
  stderr(): string;
}

/** Starts a node; `limit` is a shell command that runs before it. */
function startNode(node: string, environment: Record<string, string> = {}, limit = ':'): Started {
  const socket = join(folder, `${node}.sock`);
  const child = spawn('sh', ['-c', `${limit}; exec "$0" "$@"`, process.execPath, SHELL], {
    env: {
      PATH: process.env['PATH'],
      SNOWGLOBE_NODE: node,
      SNOWGLOBE_INDEX: '0',
      SNOWGLOBE_TAPS: join(folder, 'taps'),
      SNOWGLOBE_DISK: join(folder, 'disk'),
      SNOWGLOBE_GENERATOR: SNOWFLAKE,
      SNOWGLOBE_OPTIONS: '{"pool":1}',
      SNOWGLOBE_ETCD: etcd.endpoints.join(','),
      SNOWGLOBE_LISTEN: `unix:${socket}`,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, socket, stderr: () => stderr };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
  return child.exitCode;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const agent = new http.Agent({ keepAlive: true });
afterAll(() => agent.destroy());

function get(socketPath: string, path: string, raw = false): Promise<Answer> {
  const headers = raw ? { accept: 'application/octet-stream' } : {};
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode as number, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
  });
}

/** A node whose machine starves it may refuse for a moment, and mints nothing then: `bound`, `tick full`, `lease over`. */
async function served(socketPath: string, path: string, raw = false): Promise<Answer> {
  let answer = await get(socketPath, path, raw);
  for (const until = Date.now() + 5000; answer.status === 503 && Date.now() < until;) {
    expect(answer.body.toString()).toMatch(/"(bound|tick full|lease over)"/);
    await sleep(50);
    answer = await get(socketPath, path, raw);
  }
  return answer;
}

const json = async (socket: string, path: string) => JSON.parse((await get(socket, path)).body.toString());
const statusOf = (node: Started) =>
  json(node.socket, '/health').then(
    ({ status }) => status,
    () => 'no answer',
  );
const serving = (node: Started) => expect.poll(() => statusOf(node), { timeout: 8000, interval: 50 }).toBe('minting');

/** All IDs that the records of a lane commit, by position. Throws when a record's IDs are not all there. */
function tapOf(node: string, incarnation: number): bigint[] {
  const taps = join(folder, 'taps');
  const all: bigint[] = [];
  const segments = readdirSync(taps)
    .map((file) => ({ file, name: parseSegmentName(file) }))
    .filter(({ name }) => name?.kind === 'batches' && name.node === node && name.incarnation === incarnation)
    .sort((a, b) => Number((a.name?.firstSeq as bigint) - (b.name?.firstSeq as bigint)));
  for (const { file, name } of segments) {
    const batches = readFileSync(join(taps, file));
    const ids = readFileSync(join(taps, file.replace('.batches', '.ids')));
    for (let offset = 0; offset + BATCH_BYTES <= batches.length; offset += BATCH_BYTES) {
      const record = decodeBatch(batches, offset);
      if ('corrupt' in record) throw new Error(record.corrupt);
      expect(record.firstSeq).toBe(BigInt(all.length));
      const start = Number(record.firstSeq - (name?.firstSeq as bigint));
      for (let i = 0; i < record.count; i++) all.push(ids.readBigUInt64LE((start + i) * ID_BYTES));
    }
  }
  return all;
}

const idsIn = (body: Buffer): bigint[] =>
  Array.from({ length: body.length / ID_BYTES }, (_, i) => body.readBigUInt64LE(i * ID_BYTES));

test('serves IDs as text and as bytes, its health and its metrics; closes clean and gives the lease back', async () => {
  const node = startNode('n1');
  await serving(node);

  const text = await served(node.socket, '/ids?count=3');
  const { ids } = JSON.parse(text.body.toString()) as { ids: string[] };
  expect(text).toMatchObject({ status: 200, headers: { 'snowglobe-seq': '1/0/0/3' } });
  const raw = await served(node.socket, '/ids?count=100000', true);
  expect(raw.headers['snowglobe-seq']).toBe('1/0/3/100000');
  expect(tapOf('n1', 1)).toEqual([...ids.map(BigInt), ...idsIn(raw.body)]);

  const owner = (await etcd.client().range('o/', 3000))[0];
  expect(await json(node.socket, '/health')).toMatchObject({
    status: 'minting',
    incarnation: 1,
    workerId: 0,
    lease: owner?.lease,
    createRevision: owner?.createRevision,
    minted: ['100003'],
    pid: node.child.pid,
  });
  const metrics = (await get(node.socket, '/metrics')).body.toString();
  expect(metrics).toMatch(/^snowglobe_ids_minted_total\{.*\} 100003$/m);
  expect(metrics).toMatch(/^snowglobe_worker_id\{.*\} 0$/m);

  expect((await get(node.socket, '/ids?count=100001')).status).toBe(400);
  expect((await get(node.socket, '/other')).status).toBe(404);

  expect(await end(node.child, 'SIGTERM')).toBe(0);
  expect(await etcd.client().range('o/', 3000)).toEqual([]);
  const lines = readFileSync(join(folder, 'taps', 'n1-1.leases'), 'utf8')
    .trim()
    .split('\n');
  const log = lines.map((line) => JSON.parse(line) as LeaseLogLine);
  expect(log[0]).toMatchObject({ what: 'granted', lease: owner?.lease, ttlMs: 5000 });
  const asked = log.at(-2);
  expect(asked).toMatchObject({ what: 'given up', lease: owner?.lease });
  expect(log.at(-1)).toMatchObject({ what: 'revoked', lease: owner?.lease, sentNs: asked?.sentNs });
});

test('says how long it waited for a CPU while others had them all', async () => {
  const node = startNode('n1');
  await serving(node);
  const waited = async (): Promise<number> => ((await json(node.socket, '/health')) as { cpuWaitMs: number }).cpuWaitMs;
  const before = await waited();
  const hogs = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (const end = Date.now() + 1500; Date.now() < end; );'], { stdio: 'ignore' }),
  );
  children.push(...hogs);
  while (hogs.some(({ exitCode }) => exitCode === null)) await get(node.socket, '/ids?count=100000', true);
  expect(await waited()).toBeGreaterThan(before + 100);
});

test('killed with -9 under load, it has tapped all that it acknowledged; its next life claims the next incarnation', async () => {
  const node = startNode('n1');
  await serving(node);
  const acknowledged: { seq: string; ids: bigint[] }[] = [];
  const hammer = async (): Promise<void> => {
    for (;;) {
      const { status, headers, body } = await get(node.socket, '/ids?count=500', true);
      if (status === 200) acknowledged.push({ seq: headers['snowglobe-seq'] as string, ids: idsIn(body) });
    }
  };
  const hammers = [hammer(), hammer(), hammer(), hammer()].map((hammering) => hammering.catch(() => 'cut off'));
  await expect.poll(() => acknowledged.length, { timeout: 5000 }).toBeGreaterThan(50);
  await end(node.child, 'SIGKILL');
  await Promise.all(hammers);

  const tap = tapOf('n1', 1);
  for (const { seq, ids } of acknowledged) {
    const [incarnation, lane, first, count] = seq.split('/').map(Number) as [number, number, number, number];
    expect([incarnation, lane, count]).toEqual([1, 0, ids.length]);
    expect(tap.slice(first, first + count)).toEqual(ids);
  }

  const again = startNode('n1');
  await expect.poll(() => statusOf(again), { timeout: 3000, interval: 50 }).toBe('waiting');
  const refusal = await get(again.socket, '/ids?count=5', true);
  expect(refusal.status).toBe(503);
  expect(JSON.parse(refusal.body.toString())).toEqual({ refused: 'waiting' });
  expect(await json(again.socket, '/health')).toMatchObject({ incarnation: 2, minted: ['0'] });
  expect(readdirSync(join(folder, 'taps')).filter((file) => file.endsWith('.life'))).toEqual([
    'n1-1.life',
    'n1-2.life',
  ]);
  await serving(again); // when the lease of its former life has run out
  const later = idsIn((await get(again.socket, '/ids?count=1', true)).body)[0] as bigint;
  expect(later).toBeGreaterThan(tap.at(-1) as bigint);
});

test('a node that cannot tap answers nobody and ends; what it acknowledged is whole', async () => {
  // No file may grow beyond 64 blocks of 512 bytes: the IDs meet it first, in the middle of a batch.
  const node = startNode('n1', {}, 'ulimit -f 64');
  await serving(node);
  let acknowledged = 0;
  await expect(
    (async () => {
      for (;;) {
        const { status, body } = await get(node.socket, '/ids?count=333', true);
        if (status === 200) acknowledged += idsIn(body).length;
      }
    })(),
  ).rejects.toThrow();
  if (node.child.exitCode === null) await once(node.child, 'exit');
  expect(node.child.exitCode).toBe(1);
  expect(node.stderr()).toContain('EFBIG');
  expect(acknowledged).toBe(Math.floor(4096 / 333) * 333);
  expect(tapOf('n1', 1)).toHaveLength(acknowledged);
});

test('without a coordinator it serves whoever needs none', async () => {
  const node = startNode('n1', { SNOWGLOBE_ETCD: '', SNOWGLOBE_OPTIONS: '{}', SNOWGLOBE_GENERATOR: UUIDV7 });
  await serving(node);
  expect((await get(node.socket, '/ids?count=3', true)).body.length).toBe(3 * 16);
  const metrics = (await get(node.socket, '/metrics')).body.toString();
  expect(metrics).not.toContain('snowglobe_coordinator_unanswered_seconds{');
});

test('a generator that replaces the clocks deceives nobody else', async () => {
  const generator = join(folder, 'forger.ts');
  writeFileSync(
    generator,
    `Date.now = () => 1_000_000;
     process.hrtime.bigint = () => 1n;
     export default { name: 'forger', layout: {}, node: { kind: 'shell', create: () => ({
       mint: (into) => { into[0] = 1n; return 1; }, holding: () => ({ workerId: 0 }), close: async () => {} }) } };`,
  );
  const [wall, monotonic] = [Date.now(), process.hrtime.bigint()];
  const node = startNode('n1', { SNOWGLOBE_GENERATOR: generator });
  await serving(node);
  await get(node.socket, '/ids');
  const health = (await json(node.socket, '/health')) as { wallMs: number; monotonicNs: string };
  expect(health.wallMs).toBeGreaterThanOrEqual(wall);
  expect(BigInt(health.monotonicNs)).toBeGreaterThan(monotonic);
  const record = decodeBatch(readFileSync(join(folder, 'taps', 'n1-1-0-0.batches')), 0) as BatchRecord;
  expect(record.wallCalledNs / 1_000_000n).toBeGreaterThanOrEqual(BigInt(wall));
  expect(record.wallReturnedNs).toBeGreaterThanOrEqual(record.wallCalledNs);
  expect(record.calledNs).toBeGreaterThan(monotonic);
  expect(record.returnedNs).toBeGreaterThan(record.calledNs);
});

test.each([
  [
    'no generator file',
    { SNOWGLOBE_GENERATOR: '/no/such.ts' },
    'SNOWGLOBE_GENERATOR=/no/such.ts: there is no such file',
  ],
  ['a file that is no generator', { SNOWGLOBE_GENERATOR: join(import.meta.dirname, 'config.ts') }, 'does not export'],
  ['an option out of range', { SNOWGLOBE_OPTIONS: '{"pool":0}' }, "option 'pool' must be an integer from 1 to 1024"],
  ['an address that cannot be', { SNOWGLOBE_LISTEN: 'unix:/proc/none.sock' }, 'cannot listen'],
  [
    'no endpoint, and a generator that needs one',
    { SNOWGLOBE_ETCD: '' },
    'SNOWGLOBE_ETCD is not set, and snowflake needs it',
  ],
  ['an endpoint that is none', { SNOWGLOBE_ETCD: 'etcd:2379' }, "etcd endpoint 'etcd:2379' is neither"],
])('%s: one line, exit 2', async (_, environment, message) => {
  const node = startNode('n1', environment);
  await once(node.child, 'exit');
  expect(node.child.exitCode).toBe(2);
  expect(node.stderr().trim().split('\n')).toHaveLength(1);
  expect(node.stderr()).toContain(message);
});

test('a generator whose minter cannot mint is at fault, and the last line says so', async () => {
  const generator = join(folder, 'mine.ts');
  writeFileSync(
    generator,
    `export default { name: 'mine', layout: {}, node: { kind: 'shell', create: () => ({ mnt() {}, holding() {}, close() {} }) } };`,
  );
  const node = startNode('n1', { SNOWGLOBE_GENERATOR: generator });
  await once(node.child, 'exit');
  expect(node.child.exitCode).toBe(2);
  expect(node.stderr()).toBe(
    'snowglobe node: the generator is at fault: the minter that create returned has no method mint\n',
  );
});
