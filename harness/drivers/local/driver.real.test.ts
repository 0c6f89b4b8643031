import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, ClusterNode, CoordinatorMember, OwnerEvent } from '../../core/cluster.ts';
import { trueUnixMs } from '../../core/time.ts';
import { launchContext, mint, SPEC, untilItMints } from './cluster.fixture.ts';
import driver from './driver.ts';
import { SANDBOX_VARIABLE } from './sandbox-protocol.ts';

const FIXTURE = join(import.meta.dirname, 'cluster.fixture.ts');
const NOBODY = 65_534;

const newRunId = (): string => randomBytes(4).toString('hex');

const cleanups: (() => void | Promise<unknown>)[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
};
const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
};

/** Processes of a run that live, as anyone can see them. */
function processesOf(runId: string): number[] {
  const carries = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${SANDBOX_VARIABLE}=${runId}\0`);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && carries(name))
    .map(Number);
}

describe('one cluster', () => {
  const runId = newRunId();
  const events: OwnerEvent[] = [];
  let folder: string;
  let cluster: Cluster;
  let n1: ClusterNode;
  let etcd1: CoordinatorMember;

  beforeAll(async () => {
    folder = newFolder();
    cluster = await driver.launch(SPEC, await launchContext(runId, folder));
    cluster.coordinator.watchOwners((event) => events.push(event));
    [n1] = cluster.nodes as [ClusterNode];
    [etcd1] = cluster.coordinator.members as [CoordinatorMember];
    await untilItMints(cluster, n1);
  });

  afterEach(() => cluster.healAll());

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await cleanUp();
  });

  /** The node's wall clock minus the true time, at one instant. */
  const offsetMs = async (): Promise<number> => {
    const { wallMs, at } = await n1.health(1000);
    return wallMs - trueUnixMs(cluster.origin, at);
  };

  test('mints, taps and tells who owns the worker IDs', async () => {
    expect(await untilItMints(cluster, n1)).toMatchObject({ incarnation: 1, lane: 0, count: 10 });
    const { minted, lease, workerId } = await n1.health(1000);
    expect(Number(minted[0])).toBeGreaterThanOrEqual(10);
    expect(statSync(join(cluster.tapFolder as string, 'n1-1-0-0.ids')).size).toBe(Number(minted[0]) * 8);
    await expect.poll(() => events.map((event) => event.lease)).toContain(lease);
    const event = events.find((each) => each.workerId === workerId) as OwnerEvent;
    expect(event).toMatchObject({ what: 'acquired', value: `n1.1.${lease}` });
    expect(event.at).toBeLessThan(cluster.time.now());
  });

  test('steps and freezes the clock of one node, and of no other', async () => {
    const other = cluster.nodes[1] as ClusterNode;
    expect(await offsetMs()).toBeCloseTo(0, -1);

    await n1.clock.set({ offsetMs: -3000, rate: 1 });
    expect(Math.abs((await offsetMs()) + 3000)).toBeLessThan(20);
    const { wallMs, at } = await other.health(1000);
    expect(Math.abs(wallMs - trueUnixMs(cluster.origin, at))).toBeLessThan(20);

    await n1.clock.set({ offsetMs: 10_000, rate: 0 });
    const first = (await n1.health(1000)).wallMs;
    await sleep(50);
    const second = (await n1.health(1000)).wallMs;
    expect(second).toBe(first);
    expect(Math.abs(first - Date.now() - 10_000)).toBeLessThan(2000);

    await n1.clock.set({ offsetMs: 0, rate: 1 });
    expect(Math.abs(await offsetMs())).toBeLessThan(20);
  });

  test('a cut is measured from inside, on both sides, and cuts no control path', async () => {
    expect(await n1.network.reaches('etcd1', 500)).toBe(true);
    await n1.network.cut('k', ['etcd1']);
    expect(await n1.network.reaches('etcd1', 200)).toBe(false);
    expect(await etcd1.network.reaches('n1', 200)).toBe(false);
    expect(await n1.network.reaches('n2', 500)).toBe(true);
    expect((await n1.health(500)).incarnation).toBe(1);
    expect(await etcd1.status(1000)).toEqual(expect.objectContaining({ leader: true, serving: true }));

    await n1.network.mend('k');
    expect(await n1.network.reaches('etcd1', 500)).toBe(true);
    expect(await etcd1.network.reaches('n1', 500)).toBe(true);
    await expect(n1.network.cut('k', ['n9'])).rejects.toThrow('there is no n9 in this cluster');
  });

  test('a stopped node gives no answer until it goes on', async () => {
    await n1.process.pause(1000);
    await expect(n1.health(200)).rejects.toThrow('no health: timeout');
    expect(await mint(n1, 1, 200)).toEqual({ status: 'no answer', reason: 'timeout' });
    expect(await n1.process.alive()).toBe(true);
    await n1.process.resume();
    // Polled: what it does first after a pause may take longer than one request waits.
    await expect
      .poll(
        () =>
          n1.health(1000).then(
            ({ incarnation }) => incarnation,
            () => 0,
          ),
        { timeout: 5000 },
      )
      .toBe(1);
  });

  test('killed and started, a node lives its second life, on the clock that was set meanwhile', async () => {
    await n1.process.kill();
    await n1.process.kill();
    expect(await n1.process.alive()).toBe(false);
    expect((await mint(n1, 1)).status).toBe('error');
    await n1.clock.set({ offsetMs: -8000, rate: 1 });

    await n1.process.start();
    await n1.process.start();
    expect(await n1.process.alive()).toBe(true);
    await expect
      .poll(
        () =>
          n1.health(500).then(
            ({ incarnation }) => incarnation,
            () => 0,
          ),
        { timeout: 5000 },
      )
      .toBe(2);
    expect(Math.abs((await offsetMs()) + 8000)).toBeLessThan(20);
    expect(existsSync(join(cluster.tapFolder as string, 'n1-2.life'))).toBe(true);
  });

  test('etcd, killed and started, still knows its leases', async () => {
    // Its first life may have reserved time while its clock was 10 s ahead, and 3 s more: its second waits until that is past.
    await untilItMints(cluster, n1, 15_000);
    const before = await n1.health(1000);
    await etcd1.process.kill();
    await expect(etcd1.status(300)).rejects.toThrow();
    await etcd1.process.start();
    await expect
      .poll(
        () =>
          etcd1.status(500).then(
            ({ serving }) => serving,
            () => false,
          ),
        { timeout: 8000 },
      )
      .toBe(true);
    await sleep(300);
    const { lease, incarnation } = await n1.health(1000);
    expect({ lease, incarnation }).toEqual({ lease: before.lease, incarnation: before.incarnation });
  });

  test('healAll undoes everything at once', async () => {
    const n2 = cluster.nodes[1] as ClusterNode;
    await n1.network.cut('a', ['etcd1', 'n2']);
    await n1.clock.set({ offsetMs: 60_000, rate: 0 });
    await n1.process.pause(60_000);
    await n2.process.kill();
    await cluster.healAll();
    await cluster.healAll();
    expect(await n1.network.reaches('etcd1', 500)).toBe(true);
    expect(Math.abs(await offsetMs())).toBeLessThan(20);
    expect(await n2.process.alive()).toBe(true);
  });

  test('a node that was killed has no last words; one that ended by itself has', async () => {
    await n1.process.kill();
    expect(await n1.lastWords?.()).toBeUndefined();
    await n1.process.start();
    expect(await n1.lastWords?.()).toBeUndefined();
    // A life that finds no folder for its taps ends.
    const taps = cluster.tapFolder as string;
    await n1.process.kill();
    const moved = `${taps}-away`;
    renameSync(taps, moved);
    try {
      await n1.process.start();
      await expect.poll(() => n1.lastWords?.(), { timeout: 5000 }).toMatch(/^exit [12], .+/);
    } finally {
      renameSync(moved, taps);
    }
  });
});

describe('runs on one machine', () => {
  afterEach(cleanUp);

  test('two side by side know nothing of one another, and leave nothing', async () => {
    const runs = [newRunId(), newRunId()] as const;
    const folders = [newFolder(), newFolder()] as const;
    const [one, two] = (await Promise.all(
      runs.map(async (runId, index) => driver.launch(SPEC, await launchContext(runId, folders[index] as string))),
    )) as readonly Cluster[] as readonly [Cluster, Cluster];
    const [a, b] = [one.nodes[0], two.nodes[0]] as [ClusterNode, ClusterNode];
    await a.network.cut('k', ['etcd1']);
    await a.clock.set({ offsetMs: 5000, rate: 0 });
    expect(await a.network.reaches('etcd1', 200)).toBe(false);
    expect(await b.network.reaches('etcd1', 500)).toBe(true);

    const start = performance.now();
    await one[Symbol.asyncDispose]();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(processesOf(runs[0])).toEqual([]);
    expect((await driver.leftovers()).map(({ runId }) => runId)).not.toContain(runs[0]);
    await untilItMints(two, b);
    await two[Symbol.asyncDispose]();
    expect(processesOf(runs[1])).toEqual([]);
  });

  test('a harness that is killed leaves no process, and what it leaves on disk is swept', async () => {
    const runId = newRunId();
    const harness = await startHarness([process.execPath, FIXTURE], runId, newFolder());
    expect(processesOf(runId).length).toBeGreaterThan(5);
    expect((await driver.leftovers()).find((run) => run.runId === runId)?.parts.join()).toContain('process');

    harness.kill('SIGKILL');
    await expect.poll(() => processesOf(runId), { timeout: 3000 }).toEqual([]);
    const left = (await driver.leftovers()).find((run) => run.runId === runId);
    expect(left?.owner?.pid).toBe(harness.pid);
    expect(left?.parts.every((part) => part.startsWith('folder '))).toBe(true);

    expect(await driver.sweep(runId)).toEqual(left?.parts);
    expect(await driver.sweep(runId)).toEqual([]);
    expect((await driver.leftovers()).map((run) => run.runId)).not.toContain(runId);
  });

  test('a sweep ends a run whose harness lives', async () => {
    const runId = newRunId();
    await startHarness([process.execPath, FIXTURE], runId, newFolder());
    expect((await driver.sweep(runId)).join()).toContain('process');
    expect(processesOf(runId)).toEqual([]);
  });

  test('a node that cannot start is told with its reason, and nothing stays', async () => {
    const runId = newRunId();
    const folder = newFolder();
    const file = join(folder, 'broken.ts');
    writeFileSync(file, 'throw new Error("this generator is broken");');
    const context = await launchContext(runId, folder);
    const launching = driver.launch(SPEC, { ...context, generator: { ...context.generator, file } });
    await expect(launching).rejects.toThrow(/n\d ended as it began: .*this generator is broken/);
    expect(processesOf(runId)).toEqual([]);
    expect((await driver.leftovers()).map((run) => run.runId)).not.toContain(runId);
  });

  test('runs without root', async () => {
    if (process.getuid?.() !== 0) return console.log('not run: this user is not root, so the other tests are this one');
    const become = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
    const allowed = spawn('setpriv', [...become, 'unshare', '--user', '--map-root-user', '--net', 'true']);
    const [code] = (await once(allowed, 'close')) as [number];
    if (code !== 0) return console.log('not run: this machine forbids user namespaces to users');

    const [runId, folder] = [newRunId(), newFolder()];
    chownSync(folder, NOBODY, NOBODY);
    // Its own TMPDIR: this user is to leave no folder beside ours.
    const harness = await startHarness(['setpriv', ...become, process.execPath, FIXTURE], runId, folder, {
      TMPDIR: folder,
    });
    expect(statSync(join(folder, 'taps', 'n1-1.life')).uid).toBe(NOBODY);
    harness.stdin?.end();
    expect(await once(harness, 'exit')).toEqual([0, null]);
    expect(processesOf(runId)).toEqual([]);
  });
});

/** Resolves when the harness's first node has minted. */
async function startHarness(
  command: readonly [string, ...string[]],
  runId: string,
  folder: string,
  environment: { readonly [name: string]: string } = {},
): Promise<ChildProcess> {
  chmodSync(folder, 0o755);
  const [program, ...args] = [...command, runId, folder] as const;
  const harness = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  cleanups.push(() => {
    harness.kill('SIGKILL');
    return driver.sweep(runId);
  });
  const lines = createInterface({ input: harness.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(harness, 'exit')])) as [unknown];
  expect(JSON.parse(String(line))).toMatchObject({ status: 'ok', count: 10 });
  return harness;
}
