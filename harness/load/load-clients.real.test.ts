/**
 * The two clients on one real node that takes 20 ms for each request: in slices, one after the other in turn, each has to
 * find what the node itself counts, and both the same.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import faithful from '../checkers/faithful-encoding.ts';
import type { RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import { createRng } from '../core/random.ts';
import type { Load } from '../core/scenario.ts';
import { nsToMs } from '../core/time.ts';
import { freePort } from '../drivers/agent/free-port.ts';
import { NodeClient } from '../drivers/agent/node-client.ts';
import { RealTime } from '../drivers/agent/real-time.ts';
import { readHistory } from '../engine/history-for-tests.ts';
import type { LoadHandle, LoadSecond } from './contract.ts';
import { startK6 } from './k6.ts';
import type { K6Program } from './k6-program.ts';
import { findK6 } from './k6-program.ts';
import { startOpenLoop } from './open-loop.ts';
import slow, { SERVICE_MS } from './slow-generator-fixture.ts';

const SHELL = join(import.meta.dirname, '../../generators/shell/main.ts');
const SERVES_MS = 15_000;
const SLICE_MS = 2000;
const LOAD: Load = {
  idsPerSecond: 200,
  batch: { min: 1, max: 20, mean: 5 },
  simulated: { batchesPerSecond: 1, batch: { min: 1, max: 1, mean: 1 } },
  timeoutMs: 1000,
};

const ORIGIN_NS = process.hrtime.bigint();
const ORIGIN = { monotonicNs: ORIGIN_NS.toString(), unixMs: Date.now(), errorNs: 0 };
const time = new RealTime(ORIGIN_NS);
let folder: string;
let child: ChildProcess;
let client: NodeClient;
let k6: K6Program;

beforeAll(async () => {
  const found = findK6();
  if ('missing' in found) throw new Error(found.missing.what);
  k6 = found;
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-load-'));
  for (const each of ['taps', 'disk']) mkdirSync(join(folder, each));
  const port = await freePort('127.0.0.1');
  child = spawn(process.execPath, [SHELL], {
    env: {
      SNOWGLOBE_NODE: 'n1',
      SNOWGLOBE_INDEX: '0',
      SNOWGLOBE_TAPS: join(folder, 'taps'),
      SNOWGLOBE_DISK: join(folder, 'disk'),
      SNOWGLOBE_GENERATOR: join(import.meta.dirname, 'slow-generator-fixture.ts'),
      SNOWGLOBE_ETCD: 'http://127.0.0.1:1', // nobody asks there
      SNOWGLOBE_LISTEN: `tcp:127.0.0.1:${port}`,
    },
    stdio: 'ignore',
  });
  client = new NodeClient({ host: '127.0.0.1', port }, (ns) => Number(BigInt(ns) - ORIGIN_NS));
  await vi.waitFor(async () => expect((await client.health(500)).status).toBe('minting'), {
    timeout: SERVES_MS,
    interval: 100,
  });
});

afterAll(async () => {
  client?.close();
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** IDs that the node has minted, by its own count. */
const minted = async (): Promise<number> =>
  (await client.health(1000)).minted.reduce((sum, lane) => sum + Number(lane), 0);

interface Slice {
  readonly handle: LoadHandle;
  readonly requests: RequestColumns;
  readonly seconds: readonly LoadSecond[];
}

const node = {
  name: 'n1',
  get http() {
    return client.http;
  },
  mint: (...args: Parameters<NodeClient['mint']>) => client.mint(...args),
};

/** One client for a while; the node's own count of what that cost it has to be that of the client. */
async function slice(which: 'built-in' | 'k6', seed: number, lastsMs = SLICE_MS): Promise<Slice> {
  const seconds: LoadSecond[] = [];
  const options = {
    time,
    nodes: [node],
    load: LOAD,
    idBits: 64 as const,
    simulated: false,
    rng: createRng(seed),
    plannedMs: lastsMs,
    lastsMs,
    folder,
    runId: 'testtest',
    onSecond: (entries: readonly LoadSecond[]) => void seconds.push(...entries),
  };
  const before = await minted();
  const handle = which === 'k6' ? await startK6(k6, options) : startOpenLoop(options);
  // k6 ends by itself when its time is over: ended by a signal, it would cut what is open.
  await time.sleep(lastsMs + (which === 'k6' ? 500 : 0));
  await handle.stop();
  const requests = handle.requests();
  expect({ which, ids: requests.count.reduce((sum, count) => sum + count, 0) }).toEqual({
    which,
    ids: (await minted()) - before,
  });
  return { handle, requests, seconds };
}

const latenciesOf = ({ requests }: Slice): number[] =>
  Array.from(requests.received, (received, i) => nsToMs(received - requests.sent[i]!));

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

describe('two clients, one node', () => {
  test('each counts what the node counts, and their medians agree within a fifth', async () => {
    const own: Slice[] = [];
    const other: Slice[] = [];
    for (const turn of [1, 2]) {
      own.push(await slice('built-in', turn));
      other.push(await slice('k6', turn));
    }
    for (const { handle, requests, seconds } of [...own, ...other]) {
      expect(handle.problems()).toEqual([]);
      expect(handle.offered()[0]).toMatchObject({ sent: requests.length, crowded: 0 });
      // 40 a second; the built-in client's arrivals are drawn.
      expect(requests.length).toBeGreaterThan(40);
      expect(requests.length).toBeLessThan(130);
      expect(new Set(requests.status)).toEqual(new Set([REQUEST_STATUS.indexOf('ok')]));
      const sum = (of: (second: LoadSecond) => number) => seconds.reduce((total, second) => total + of(second), 0);
      expect(sum(({ sent }) => sent)).toBe(requests.length);
      expect(sum(({ ok }) => ok)).toBe(requests.length);
      expect(sum(({ ids }) => ids)).toBe(requests.count.reduce((total, count) => total + count, 0));
    }
    const medians = [own, other].map((slices) => median(slices.flatMap(latenciesOf))) as [number, number];
    expect(Math.min(...medians)).toBeGreaterThanOrEqual(SERVICE_MS);
    expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.2);

    // Both on the run's own axis, and both with digests of what was minted: as bytes, and one in eight as JSON.
    for (const { requests } of [...own, ...other]) {
      const rest = { layout: slow.layout, nodes: ['n1'], requests, health: [] };
      const { history, problems } = readHistory(join(folder, 'taps'), ORIGIN, rest);
      expect(problems).toEqual([]);
      expect(faithful.fold(history, { guarantee: 'faithful-encoding' })).toMatchObject({
        verdict: 'pass',
        checked: requests.length,
      });
      const called = new Map(
        Array.from(history.batches.firstSeq, (seq, i) => [`${history.batches.lane[i]}/${seq}`, i]),
      );
      for (let i = 0; i < requests.length; i++) {
        const batch = called.get(`${requests.lane[i]}/${requests.firstSeq[i]}`)!;
        expect(requests.sent[i]).toBeLessThanOrEqual(history.batches.called[batch]! + 1e6);
        expect(requests.received[i]).toBeGreaterThanOrEqual(history.batches.returned[batch]! - 1e6);
      }
    }
  }, 60_000);

  test('stopped in the midst of it, k6 ends at once and tells all that it finished', async () => {
    const seconds: LoadSecond[] = [];
    const before = await minted();
    const handle = await startK6(k6, {
      time,
      nodes: [node],
      load: LOAD,
      idBits: 64,
      rng: createRng(3),
      plannedMs: 60_000,
      runId: 'testtest',
      onSecond: (entries) => void seconds.push(...entries),
    });
    await time.sleep(1500);
    const asked = time.now();
    await handle.stop();
    expect(nsToMs(time.now() - asked)).toBeLessThan(5000);
    expect(handle.problems()).toEqual([]);
    const { count, length, status } = handle.requests();
    expect(length).toBeGreaterThan(30);
    // That what was open when k6 was ended got no answer says nothing of the node.
    expect(new Set(status)).toEqual(new Set([REQUEST_STATUS.indexOf('ok')]));
    // What was open when it ended was minted, and is nobody's any more: 40 a second are open for 20 ms each.
    const ids = count.reduce((sum, each) => sum + each, 0);
    await expect.poll(async () => (await minted()) - before - ids).toBeGreaterThanOrEqual(0);
    expect((await minted()) - before - ids).toBeLessThanOrEqual(20 * 8);
  });
});

test('a k6 that is killed makes the run unknown', async () => {
  const pid = join(folder, 'k6.pid');
  const [path] = k6.command('', { runId: '', variables: [] });
  const program: K6Program = { ...k6, command: () => ['sh', '-c', `echo $$ > ${pid}; exec "$0" "$@"`, path!] };
  const handle = await startK6(program, {
    time,
    nodes: [node],
    load: LOAD,
    idBits: 64,
    rng: createRng(4),
    plannedMs: 60_000,
    runId: 'testtest',
    onSecond: () => undefined,
  });
  await time.sleep(500);
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
  await time.sleep(500);
  await handle.stop();
  const [problem] = handle.problems();
  expect(problem).toMatchObject({ reason: 'load not achieved', scope: 'run' });
  expect(problem?.detail).toContain('k6 ended before the load did (ended by SIGKILL');
});
