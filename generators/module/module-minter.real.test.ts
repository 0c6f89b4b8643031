/** Modules behind the shell as a process: what a client gets, what the tap has, and how a node ends. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Layout } from '../../harness/core/layout.ts';
import { wordsPerId } from '../../harness/core/layout.ts';
import type { ModuleNode } from '../../harness/core/node-program.ts';
import { decodeBatch } from '../../harness/core/tap.ts';

const SHELL = join(import.meta.dirname, '../shell/main.ts');
const OPAQUE: Layout = { timeBits: 0, workerBits: 0, sequenceBits: 0, tickMs: 1, epochMs: 0 };
const UUID: Layout = { ...OPAQUE, idBits: 128, fixed: [{ shift: 76, bits: 4, value: 4 }] };

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-module-node-'));
  mkdirSync(join(folder, 'taps'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  rmSync(folder, { recursive: true });
});
const agent = new http.Agent({ keepAlive: true });
afterAll(() => agent.destroy());

interface Node {
  readonly child: ChildProcess;
  readonly socket: string;
  stderr(): string;
}

interface Started {
  readonly text?: string;
  readonly layout?: Layout;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A node of a module: of `text`, where that is given. */
function startNode(node: Partial<ModuleNode>, { text, layout = OPAQUE, environment = {} }: Started = {}): Node {
  const module = join(folder, 'ids.mjs');
  if (text !== undefined) writeFileSync(module, text);
  const socket = join(folder, 'n1.sock');
  const described: ModuleNode = { kind: 'module', module, ...node };
  const child = spawn(process.execPath, [SHELL], {
    env: {
      PATH: process.env['PATH'],
      SNOWGLOBE_NODE: 'n1',
      SNOWGLOBE_INDEX: '0',
      SNOWGLOBE_WORKLOAD: 'n1',
      SNOWGLOBE_TAPS: join(folder, 'taps'),
      SNOWGLOBE_DISK: folder,
      SNOWGLOBE_SERVICE: JSON.stringify({ name: 'mine', layout, node: described }),
      SNOWGLOBE_ETCD: 'http://127.0.0.1:1',
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
  readonly seq: string | undefined;
  readonly body: Buffer;
}

function get({ socket: socketPath }: Node, path: string, raw = false): Promise<Answer> {
  const headers = raw ? { accept: 'application/octet-stream' } : {};
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const seq = response.headers['snowglobe-seq'] as string | undefined;
        resolve({ status: response.statusCode as number, seq, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
  });
}

const json = async (node: Node, path: string) => JSON.parse((await get(node, path)).body.toString());
const serving = (node: Node) =>
  expect
    .poll(
      () =>
        json(node, '/health').then(
          ({ status }: { status: string }) => status,
          () => node.stderr(),
        ),
      {
        timeout: 8000,
        interval: 30,
      },
    )
    .toBe('minting');

/** The IDs of a lane in the tap, one after the other. */
function tapOf(lane: number, layout: Layout): bigint[] {
  const taps = join(folder, 'taps');
  const file = readdirSync(taps).find((name) => name.startsWith(`n1-1-${lane}-`) && name.endsWith('.ids'));
  const bytes = readFileSync(join(taps, file!));
  const size = 8 * wordsPerId(layout);
  return Array.from({ length: bytes.length / size }, (_, at) => {
    const low = bytes.readBigUInt64LE(at * size);
    return size === 8 ? low : (bytes.readBigUInt64LE(at * size + 8) << 64n) | low;
  });
}

const asUuid = (id: bigint): string =>
  id
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

test.each(['threads', 'processes'] as const)(
  'a function of Node mints in several %s side by side, and what clients get is in the tap',
  async (lanesAre) => {
    const shape = { module: 'node:crypto', export: 'randomUUID', form: 'uuid', lanes: 3, lanesAre } as const;
    const node = startNode(shape, { layout: UUID });
    await serving(node);
    const answers = await Promise.all(Array.from({ length: 6 }, () => json(node, '/ids?count=50')));
    const got = answers.flatMap(({ ids }: { ids: string[] }) => ids.map(BigInt));
    const tapped = [0, 1, 2].flatMap((lane) => tapOf(lane, UUID));
    expect(tapped).toHaveLength(300);
    expect(new Set(got)).toEqual(new Set(tapped));
    expect(new Set(tapped).size).toBe(300);
    expect(asUuid(got[0]!)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const raw = await get(node, '/ids?count=7', true);
    expect(raw.seq).toMatch(/^1\/\d\/100\/7$/);
    expect(raw.body).toHaveLength(7 * 16);
    expect(await end(node.child, 'SIGTERM')).toBe(0);
  },
);

test('a factory makes one of its own in each lane, for the worker ID that the node then says that it holds', async () => {
  const layout: Layout = { ...OPAQUE, workerBits: 8, sequenceBits: 56 };
  const text = `let n = 0n; export const make = async ({ worker, lane, options }) =>
    () => (BigInt(worker) << 56n) | (BigInt(lane) << 40n) | (BigInt(options.step) * ++n);`;
  const environment = { SNOWGLOBE_OPTIONS: '{"workerId":9,"step":3}' };
  const node = startNode({ export: 'make', call: 'factory', lanes: 2 }, { text, layout, environment });
  await serving(node);
  expect((await json(node, '/ids?count=2')).ids).toEqual([(9n << 56n) | 3n, (9n << 56n) | 6n].map(String));
  // The other lane has a module, and so a count, of its own.
  expect((await json(node, '/ids?count=1')).ids).toEqual([String((9n << 56n) | (1n << 40n) | 3n)]);
  expect(await json(node, '/health')).toMatchObject({ workerId: 9 });
  const batches = readdirSync(join(folder, 'taps')).find((name) => /^n1-1-0-.*\.batches$/.test(name));
  expect(decodeBatch(readFileSync(join(folder, 'taps', batches!)))).toMatchObject({ workerId: 9, count: 2 });
});

test('while its function spins for ever, the node says how it is, and closes when it is told to', async () => {
  const node = startNode({}, { text: 'export default () => { for (;;); };' });
  await serving(node);
  const lost = get(node, '/ids').catch(() => 'cut off');
  for (let asked = 0; asked < 5; asked++) expect(await json(node, '/health')).toMatchObject({ minted: ['0'] });
  expect(await end(node.child, 'SIGTERM')).toBe(0);
  expect(await lost).toBe('cut off');
});

test('a function that fails: errors of calls with its words, fewer IDs where some came before, and nothing in the tap of it', async () => {
  const text = `let n = 0; export default () => { if (++n % 5 === 0) throw new Error('clock went back'); return n % 7 === 0 ? null : BigInt(n); };`;
  const node = startNode({}, { text });
  await serving(node);
  const answers = [await json(node, '/ids?count=10'), await get(node, '/ids'), await json(node, '/ids?count=10')];
  expect(answers[0]).toEqual({ ids: ['1', '2', '3', '4'] });
  // 5 threw and ended the first; the client after it asks for 6.
  expect(JSON.parse((answers[1] as Answer).body.toString())).toEqual({ ids: ['6'] });
  expect(answers[2]).toEqual({ error: 'its function returned null, and no ID' });
  expect((await json(node, '/ids?count=10')).ids).toEqual(['8', '9']);
  expect(node.stderr()).toContain('n1.1: lane 0 gave 4 of 10 IDs: its function threw: clock went back');
  expect(tapOf(0, OPAQUE)).toEqual([1n, 2n, 3n, 4n, 6n, 8n, 9n]);
});

test('numbers up to 2^53 - 1 are served as any IDs; from the first one above, answers are in numbers, as a client gets them', async () => {
  const text = `let n = Number.MAX_SAFE_INTEGER - 1; export default () => { n += n > 2 ** 53 ? 512 : 1; return n; };`;
  const node = startNode({}, { text });
  await serving(node);
  expect((await get(node, '/ids')).body.toString()).toBe('{"ids":["9007199254740991"]}');
  expect((await get(node, '/ids')).body.toString()).toBe('{"ids":[9007199254740992]}');
  const raw = await get(node, '/ids?count=1', true);
  expect(raw.body.readBigUInt64LE()).toBe(tapOf(0, OPAQUE).at(-1));
});

test.each([
  ['threads', 'throw new TypeError("torn")', 'ended lane 1 (torn)'],
  ['threads', 'process.exit(3)', 'ended lane 1 (its thread ended, exit 3)'],
  ['processes', 'process.exit(3)', 'ended lane 1 (its process ended, exit 3)'],
] as const)(
  'a lane that ends takes its node with it, and the last line says so: %s, %s',
  async (lanesAre, act, words) => {
    const text = `export const make = ({ lane }) => {
    if (lane === 1) setTimeout(() => { ${act}; }, 300);
    return () => 1n;
  };`;
    const node = startNode({ export: 'make', call: 'factory', lanes: 2, lanesAre }, { text });
    await once(node.child, 'exit');
    expect(node.child.exitCode).toBe(2);
    const [last, served] = node.stderr().trim().split('\n').toReversed();
    expect(last).toMatch(/^snowglobe node: the generator is at fault: the module .*ids\.mjs /);
    expect(last).toContain(words);
    expect(served).toBe('n1.1: mine serves');
  },
);

test.each(['threads', 'processes'] as const)('%s end with their node, however it is killed', async (lanesAre) => {
  const text = `import { appendFileSync } from 'node:fs';
    setInterval(() => appendFileSync(${JSON.stringify(join(folder, 'alive'))}, '.'), 20); export default () => 1n;`;
  const node = startNode({ lanes: 2, lanesAre }, { text });
  await serving(node);
  const size = (): number => readFileSync(join(folder, 'alive')).length;
  await expect.poll(size).toBeGreaterThan(3);
  await end(node.child, 'SIGKILL');
  let before = -1;
  await expect.poll(() => [before, (before = size())], { interval: 200 }).toSatisfy(([one, other]) => one === other);
});

test.each([
  ['an export that is not there', { export: 'none' }, /ids\.mjs has no export none/],
  ['a factory that throws', { export: 'torn', call: 'factory' }, /ids\.mjs has a factory that threw: no such shard/],
] as const)('%s: one line, exit 2', async (_, shape, words) => {
  const node = startNode(shape, { text: 'export const torn = () => { throw new Error("no such shard"); };' });
  await once(node.child, 'exit');
  expect(node.child.exitCode).toBe(2);
  expect(node.stderr().trim().split('\n')).toHaveLength(1);
  expect(node.stderr()).toMatch(words);
});
