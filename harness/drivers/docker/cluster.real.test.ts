import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../core/cluster.ts';
import driver from './driver.ts';
import type { TestRun } from './run-for-test.ts';
import { eventually, mint, minted, minting, runForTest } from './run-for-test.ts';

const SOON_MS = 15_000;

describe('a cluster of two nodes and one etcd member', () => {
  let run: TestRun;
  let cluster: Cluster;
  let n1: Cluster['nodes'][number];
  let n2: Cluster['nodes'][number];
  let etcd1: Cluster['coordinator']['members'][number];

  beforeAll(async () => {
    await driver.prepare({ log: () => undefined, signal: new AbortController().signal });
    run = await runForTest({ nodes: 2, coordinatorMembers: 1 });
    cluster = run.cluster;
    [n1, n2] = cluster.nodes as [typeof n1, typeof n2];
    [etcd1] = cluster.coordinator.members as [typeof etcd1];
    await Promise.all(cluster.nodes.map((node) => eventually(() => node.health(500), minting)));
  }, 60_000);

  afterAll(() => run?.[Symbol.asyncDispose]());

  test('mints, and the taps belong to the caller', async () => {
    expect(await minted(n1, 10)).toEqual({
      status: 'ok',
      incarnation: 1,
      lane: 0,
      firstSeq: expect.any(Number) as number,
      count: 10,
    });
    const taps = readdirSync(cluster.tapFolder as string);
    expect(taps).toEqual(expect.arrayContaining(['n1-1.life', 'n2-1.life', 'n1-1-0-0.ids', 'n1-1-0-0.batches']));
    for (const tap of taps) expect(statSync(join(cluster.tapFolder as string, tap)).uid).toBe(process.getuid?.());
    expect(statSync(join(cluster.tapFolder as string, 'n1-1-0-0.ids')).size).toBeGreaterThanOrEqual(80);
  });

  test("a node's reading of the monotonic clock falls between the harness's own", async () => {
    const before = cluster.time.now();
    const { at, wallMs } = await n1.health(1000);
    expect(cluster.origin.errorNs).toBe(0);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(cluster.time.now());
    expect(Math.abs(wallMs - (cluster.origin.unixMs + at / 1e6))).toBeLessThan(5);
  });

  /** Milliseconds that the node's clock is ahead, by its own account. */
  const offsetMs = async (): Promise<number> => {
    const { at, wallMs } = await n2.health(1000);
    return wallMs - (cluster.origin.unixMs + at / 1e6);
  };

  test('a clock is stepped and frozen, and comes back', async () => {
    await n2.clock.set({ offsetMs: -3000, rate: 1 });
    expect(Math.abs((await offsetMs()) + 3000)).toBeLessThan(5);

    await n2.clock.set({ offsetMs: -3000, rate: 0 });
    const frozen = await n2.health(1000);
    await cluster.time.sleep(300);
    expect((await n2.health(1000)).wallMs).toBe(frozen.wallMs);

    await n2.clock.set({ offsetMs: 0, rate: 1 });
    expect(Math.abs(await offsetMs())).toBeLessThan(5);
    // The others' clocks are their own.
    expect(Math.abs((await n1.health(1000)).wallMs - Date.now())).toBeLessThan(50);
  });

  test('a cut is measured from inside, both ways, while the node still answers; it heals by its key', async () => {
    expect(await n1.network.reaches('etcd1', 500)).toBe(true);
    await n1.network.cut('a', ['etcd1', 'n2']);
    await n1.network.cut('b', ['etcd1']);

    expect(await n1.network.reaches('etcd1', 300)).toBe(false);
    expect(await etcd1.network.reaches('n1', 300)).toBe(false);
    expect(await n2.network.reaches('etcd1', 500)).toBe(true);
    await expect(n1.health(1000)).resolves.toBeDefined();

    await n1.network.mend('a');
    expect(await n1.network.reaches('n2', 500)).toBe(true);
    expect(await n1.network.reaches('etcd1', 300)).toBe(false);
    await n1.network.mend('b');
    expect(await n1.network.reaches('etcd1', 500)).toBe(true);
  });

  test(
    'a kill and a start make a new incarnation at the same address and port, and a cut outlives them',
    async () => {
      await n1.network.cut('c', ['etcd1']);
      await n1.process.kill();
      expect(await n1.process.alive()).toBe(false);
      expect((await mint(n1, 1, 500)).status).toMatch(/error|no answer/);
      await n1.process.kill();

      await n1.process.start();
      await n1.process.start();
      expect(await n1.process.alive()).toBe(true);
      const { incarnation } = await eventually(
        () => n1.health(500),
        () => true,
      );
      expect(incarnation).toBe(2);
      expect(await n1.network.reaches('etcd1', 300)).toBe(false);
      expect(await n2.network.reaches('n1', 500)).toBe(true);
      await n1.network.mend('c');
      // Not at once: the bound that its first life left behind lies ahead of its clock.
      expect(await minted(n1, 1)).toMatchObject({ incarnation: 2 });
    },
    SOON_MS,
  );

  test('a paused node lives and does not answer, and goes on where it was', async () => {
    const { incarnation } = await n2.health(1000);
    await n2.process.pause(1000);
    expect(await n2.process.alive()).toBe(true);
    await expect(n2.health(300)).rejects.toThrow('no health');
    expect(await mint(n2, 1, 200)).toMatchObject({ status: 'no answer' });

    await n2.process.resume();
    // Polled: what it does first after a pause may take longer than one request waits.
    const { incarnation: same } = await eventually(
      () => n2.health(1000),
      () => true,
    );
    expect(same).toBe(incarnation);
  });

  test(
    'etcd is killed and started with what it knew',
    async () => {
      expect(await etcd1.status(1000)).toMatchObject({ leader: true, serving: true });
      await etcd1.process.kill();
      await expect(etcd1.status(300)).rejects.toThrow();
      await etcd1.process.start();
      await eventually(
        () => etcd1.status(500),
        ({ serving }) => serving,
      );
      // Its owner keys and bounds are still there: the node goes on minting under its lease, in the same incarnation.
      expect(await eventually(() => n2.health(500), minting)).toMatchObject({ incarnation: 1 });
    },
    SOON_MS,
  );

  test(
    'healAll undoes everything at once, whatever it was, and may be called again',
    async () => {
      await n1.network.cut('x', ['etcd1']);
      await n1.clock.set({ offsetMs: 5000, rate: 0 });
      await n2.process.pause(60_000);
      await etcd1.process.kill();

      await cluster.healAll();
      await cluster.healAll();

      expect(await n1.network.reaches('etcd1', 500)).toBe(true);
      expect((await n2.health(1000)).incarnation).toBe(1);
      expect(Math.abs((await n1.health(1000)).wallMs - Date.now())).toBeLessThan(50);
      await eventually(
        () => etcd1.status(500),
        ({ serving }) => serving,
      );
    },
    SOON_MS,
  );

  test('an unknown peer is a mistake, not an empty cut', async () => {
    await expect((async () => n1.network.cut('y', ['n9']))()).rejects.toThrow('n9');
  });
});
