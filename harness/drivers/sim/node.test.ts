import { expect, test } from 'vitest';
import type { GeneratorEnv } from '../../core/generator.ts';
import type { MintReply } from '../../core/cluster.ts';
import { BATCH_FLAG } from '../../core/tap.ts';
import { msToNs, runNs, trueUnixMs } from '../../core/time.ts';
import { ask, load, minterOf, startCluster } from './cluster-for-tests.ts';

/** The simulator's: the same in every run. */
const ORIGIN_NS = 1_000_000_000_000n;

/** Mints its wall clock. */
const clockMinter = (env: GeneratorEnv) =>
  minterOf((into) => {
    into[0] = BigInt(env.wallMs());
    return 1;
  });

function trueMs(cluster: Awaited<ReturnType<typeof startCluster>>): number {
  return Math.floor(trueUnixMs(cluster.origin, cluster.time.now()));
}

test('a clock shows true time plus its offset, exactly, to its own node alone', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const cluster = await startCluster(clockMinter, { seed, nodes: 2 });
    const [n1, n2] = cluster.nodes;
    for (const offsetMs of [-3000, 10_000, 0]) {
      await n1?.clock.set({ offsetMs, rate: 1 });
      await cluster.time.sleep(33.3);
      await ask(cluster, 'n1');
      await ask(cluster, 'n2');
      const [mine, other] = cluster.history().ids.slice(-2);
      expect(mine).toBe(BigInt(trueMs(cluster) + offsetMs));
      expect(other).toBe(BigInt(trueMs(cluster)));
      expect((await n1?.health(100))?.wallMs).toBe(trueMs(cluster) + offsetMs);
      expect((await n2?.health(100))?.wallMs).toBe(trueMs(cluster));
    }
    await cluster[Symbol.asyncDispose]();
  }
});

test('a frozen clock shows one moment, also when it is frozen again, and true time when it is let go', async () => {
  const cluster = await startCluster(clockMinter, { seed: 4 });
  const [n1] = cluster.nodes;
  await n1?.clock.set({ offsetMs: 500, rate: 0 });
  const frozen = trueMs(cluster) + 500;
  await cluster.time.sleep(1234);
  await n1?.clock.set({ offsetMs: 500, rate: 0 });
  expect((await n1?.health(100))?.wallMs).toBe(frozen);
  await n1?.clock.set({ offsetMs: 0, rate: 1 });
  expect((await n1?.health(100))?.wallMs).toBe(trueMs(cluster));
  await cluster[Symbol.asyncDispose]();
});

test('a clock that is set while the node is down is what its next life starts with', async () => {
  const starts: number[] = [];
  const cluster = await startCluster((env) => {
    starts.push(env.wallMs());
    return clockMinter(env);
  });
  const [n1] = cluster.nodes;
  await n1?.process.kill();
  await n1?.clock.set({ offsetMs: -8000, rate: 1 });
  await n1?.process.start();
  expect(starts[1]).toBe(trueMs(cluster) - 8000);
  await cluster[Symbol.asyncDispose]();
});

test('a step may fall between two clock readings of one mint', async () => {
  let inside = 0;
  for (let seed = 0; seed < 25; seed++) {
    const readings: number[][] = [];
    const cluster = await startCluster(
      (env) =>
        minterOf((into) => {
          const read = [env.wallMs(), env.wallMs(), env.wallMs()];
          readings.push(read);
          into[0] = BigInt(read[2] as number);
          return 1;
        }),
      { seed },
    );
    const loading = load(cluster, 'n1', 3, 100);
    await cluster.nodes[0]?.clock.set({ offsetMs: -3000, rate: 1 });
    await loading;
    for (const [first, , last] of readings as [number, number, number][]) {
      expect([0, -3000]).toContain(last - first);
      if (last < first) inside++;
    }
    const { wallCalledMs, wallReturnedMs, length } = cluster.history().batches;
    expect(length).toBe(readings.length);
    for (let i = 0; i < length; i++) {
      const [first, , last] = readings[i] as [number, number, number];
      // It may also fall on the first reading: the shell's own came before.
      expect([first, first + 3000]).toContain(wallCalledMs[i]);
      expect(wallReturnedMs[i]).toBe(last);
    }
    await cluster[Symbol.asyncDispose]();
  }
  expect(inside).toBeGreaterThan(3);
});

test('a pause that falls on a clock reading inside mint moves that node ahead, and no other', async () => {
  let inside = 0;
  for (let seed = 20; seed < 40; seed++) {
    const jumps: { readonly wallMs: number; readonly monotonicNs: bigint }[] = [];
    const timers: number[] = [];
    const cluster = await startCluster(
      (env) => {
        if (env.host.name === 'n1')
          void (async () => {
            for (;;) {
              await env.sleep(100);
              timers.push(runNs(ORIGIN_NS, env.monotonicNs()));
            }
          })();
        return minterOf((into) => {
          const [wallMs, monotonicNs] = [env.wallMs(), env.monotonicNs()];
          const jump = { wallMs: env.wallMs() - wallMs, monotonicNs: env.monotonicNs() - monotonicNs };
          if (jump.wallMs > 0 || jump.monotonicNs > 0n) jumps.push(jump);
          into[0] = BigInt(wallMs);
          return 1;
        });
      },
      { seed, nodes: 2 },
    );
    const [n1, n2] = cluster.nodes;
    const loads = [load(cluster, 'n1', 5, 3500), load(cluster, 'n2', 5, 3500)];
    await cluster.time.sleep(500);
    const askedAt = cluster.time.now();
    await n1?.process.pause(2000);
    const fellAt = cluster.time.now();
    expect(fellAt - askedAt).toBeLessThanOrEqual(msToNs(50));
    for (let i = 0; i < 9; i++) {
      expect(await n1?.process.alive()).toBe(true);
      await expect(n1?.health(100)).rejects.toThrow('no answer');
      expect((await n2?.health(100))?.status).toBe('minting');
      await cluster.time.sleep(100);
    }
    await cluster.time.sleep(200);
    await n1?.process.resume();
    const resumedAt = cluster.time.now();
    expect((await n1?.health(100))?.status).toBe('minting');
    await Promise.all(loads);

    const { batches } = cluster.history();
    let gap: number | undefined;
    for (let i = 0; i < batches.length; i++) {
      const [called, returned] = [batches.called[i] as number, batches.returned[i] as number];
      if (batches.node[i] === 1) expect(returned).toBe(called);
      // Nothing but the call on which the pause fell touches the time in which the node stood still.
      else if (returned > called) gap = returned - called;
      else expect(called <= fellAt || called >= resumedAt).toBe(true);
    }
    expect(timers.some((at) => at > fellAt && at < resumedAt)).toBe(false);
    expect(timers.some((at) => at >= resumedAt)).toBe(true);
    if (gap !== undefined) {
      inside++;
      expect(gap).toBe(msToNs(2000));
      for (const jump of jumps) {
        expect([0, 2000]).toContain(jump.wallMs);
        expect([0n, 2_000_000_000n]).toContain(jump.monotonicNs);
      }
    } else expect(jumps).toEqual([]);
    await cluster[Symbol.asyncDispose]();
  }
  // With probability 0.85 each.
  expect(inside).toBeGreaterThan(8);
  expect(inside).toBeLessThan(20);
});

test('a clock that is set while a node stands still shows when it goes on', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const cluster = await startCluster(clockMinter, { seed });
    const [n1] = cluster.nodes;
    const loading = load(cluster, 'n1', 3, 3000);
    await n1?.process.pause(1000);
    await n1?.clock.set({ offsetMs: 5000, rate: 1 });
    await cluster.time.sleep(1000);
    await n1?.process.resume();
    await cluster.time.sleep(1);
    expect((await n1?.health(100))?.wallMs).toBe(trueMs(cluster) + 5000);
    await loading;
    await cluster[Symbol.asyncDispose]();
  }
});

test('clients of a node that stands still wait for their timeout; those who still wait when it goes on are served', async () => {
  const cluster = await startCluster(clockMinter, { seed: 8 });
  const [n1] = cluster.nodes;
  await n1?.process.pause(500);
  const askedAt = cluster.time.now();
  expect(await ask(cluster, 'n1', 1, 200)).toEqual({ status: 'no answer' });
  expect(cluster.time.now() - askedAt).toBe(msToNs(200));
  const patient = ask(cluster, 'n1', 1, 1000);
  await cluster.time.sleep(300);
  await n1?.process.resume();
  expect(await patient).toMatchObject({ status: 'ok', firstSeq: 0, count: 1 });
  await cluster[Symbol.asyncDispose]();
});

test('a kill takes nothing back that was recorded, and nothing of the dead runs again', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const ticks: [number, number][] = [];
    const cluster = await startCluster(
      (env) => {
        const { incarnation } = env.host;
        void (async () => {
          for (;;) {
            await env.sleep(7);
            ticks.push([incarnation, runNs(ORIGIN_NS, env.monotonicNs())]);
          }
        })();
        return minterOf((into) => {
          env.monotonicNs();
          into[0] = BigInt(env.wallMs());
          return 1;
        });
      },
      { seed },
    );
    const [n1] = cluster.nodes;
    const loading = load(cluster, 'n1', 3, 4000);
    await cluster.time.sleep(100);
    // Half of the kills hit a node whose pause fell inside mint: it had not come back from that call.
    if (seed % 2 === 0) await n1?.process.pause(1000);
    await cluster.time.sleep(50);
    const before = cluster.history();
    const idsBefore = before.ids.slice();
    expect(idsBefore.length).toBeGreaterThan(10);
    const killedAt = cluster.time.now();
    await n1?.process.kill();
    await n1?.process.kill();
    expect(await n1?.process.alive()).toBe(false);
    await expect(n1?.health(100)).rejects.toThrow('does not run');
    expect(await ask(cluster, 'n1')).toEqual({ status: 'no answer' });
    await cluster.time.sleep(2000);
    await n1?.process.start();
    await n1?.process.start();
    const replies = await loading;

    const { batches, ids } = cluster.history();
    expect(ids.slice(0, idsBefore.length)).toEqual(idsBefore);
    const seqs = new Map<string, number>();
    for (let i = 0; i < batches.length; i++) {
      if (batches.incarnation[i] === 1) expect(batches.returned[i]).toBeLessThanOrEqual(killedAt);
      seqs.set(`${batches.incarnation[i]}/${batches.firstSeq[i]}`, batches.count[i] as number);
    }
    expect(seqs.size).toBe(batches.length);
    expect(ticks.filter(([incarnation]) => incarnation === 1).length).toBeGreaterThan(15);
    expect(batches.incarnation[batches.length - 1]).toBe(2);
    for (const [incarnation, at] of ticks) if (incarnation === 1) expect(at).toBeLessThanOrEqual(killedAt);
    for (const reply of replies.filter(({ status }) => status === 'ok'))
      expect(seqs.get(`${reply.incarnation}/${reply.firstSeq}`)).toBe(reply.count);
    await cluster[Symbol.asyncDispose]();
  }
});

test('the disk survives a restart', async () => {
  const lives: number[] = [];
  const cluster = await startCluster(async (env) => {
    const life = ((await env.disk.read('life'))?.[0] ?? 0) + 1;
    await env.disk.write('life', Uint8Array.of(life));
    lives.push(life);
    return clockMinter(env);
  });
  for (let i = 0; i < 2; i++) {
    await cluster.nodes[0]?.process.kill();
    await cluster.nodes[0]?.process.start();
    await cluster.time.sleep(50);
  }
  expect(lives).toEqual([1, 2, 3]);
  await cluster[Symbol.asyncDispose]();
});

test('cuts of different keys add up, hold both ways, and are measured from inside', async () => {
  const cluster = await startCluster(clockMinter, { nodes: 2 });
  const [n1, n2] = cluster.nodes;
  const [etcd1] = cluster.coordinator.members;
  await n1?.network.cut('a', ['etcd1', 'n2']);
  await etcd1?.network.cut('b', ['n1']);
  expect(await n1?.network.reaches('etcd1', 100)).toBe(false);
  expect(await etcd1?.network.reaches('n1', 100)).toBe(false);
  expect(await n2?.network.reaches('n1', 100)).toBe(false);
  expect(await n1?.network.reaches('etcd2', 100)).toBe(true);
  await n1?.network.mend('a');
  await n1?.network.mend('never cut');
  expect(await n1?.network.reaches('n2', 100)).toBe(true);
  expect(await n1?.network.reaches('etcd1', 100)).toBe(false);
  await cluster.healAll();
  expect(await n1?.network.reaches('etcd1', 100)).toBe(true);
  // The link is whole whatever becomes of the process at its end.
  await etcd1?.process.kill();
  expect(await n1?.network.reaches('etcd1', 100)).toBe(true);
  await cluster[Symbol.asyncDispose]();
});

test('what a call leaves behind is recorded with what it reported', async () => {
  const results: readonly ((env: GeneratorEnv, into: BigUint64Array) => number)[] = [
    (_env, into) => into.fill(7n, 0, 2).length && 2,
    (env, into) => {
      into[0] = 8n;
      throw env.refusal('full');
    },
    (_env, into) => {
      // The zero before it was there before the call: no sentinel.
      into[1] = 9n;
      into[2] = 5n;
      throw new Error('broken');
    },
    (_env, into) => {
      into[0] = 10n;
      return NaN;
    },
    (env) => {
      throw env.refusal('waiting');
    },
  ];
  let call = 0;
  const cluster = await startCluster((env) => minterOf((into) => (results[call++] as (typeof results)[0])(env, into)));
  const replies: MintReply[] = [];
  for (const _ of results) replies.push(await ask(cluster, 'n1', 3));
  expect(replies).toEqual([
    { status: 'ok', incarnation: 1, lane: 0, firstSeq: 0, count: 2 },
    { status: 'refused', reason: 'full' },
    { status: 'error', reason: 'broken' },
    { status: 'error', reason: 'mint returned NaN for 3 IDs' },
    { status: 'refused', reason: 'waiting' },
  ]);
  const { batches, ids } = cluster.history();
  expect([...ids]).toEqual([7n, 7n, 8n, 9n, 5n, 10n]);
  expect([...batches.flags]).toEqual([0, BATCH_FLAG.refused, BATCH_FLAG.threw, BATCH_FLAG.badCount]);
  expect([...batches.firstSeq]).toEqual([0, 2, 3, 5]);
  expect((await cluster.nodes[0]?.health(100))?.status).toBe('refusing');
  await cluster[Symbol.asyncDispose]();
});

test('a minter that waits has one call open; the others queue, and a queue that is full says so', async () => {
  let open = 0;
  const cluster = await startCluster((env) =>
    minterOf(async (into) => {
      expect(++open).toBe(1);
      await env.sleep(2);
      into[0] = BigInt(env.wallMs());
      open--;
      return 1;
    }),
  );
  const replies = await Promise.all(Array.from({ length: 300 }, () => ask(cluster, 'n1', 1, 5000)));
  expect(replies.filter(({ status }) => status === 'ok')).toHaveLength(257);
  expect(replies.filter(({ reason }) => reason === 'busy')).toHaveLength(43);
  const { called, returned } = cluster.history().batches;
  expect(called.slice(1)).toEqual(returned.slice(0, -1));
  await cluster[Symbol.asyncDispose]();
});

test('a node that makes no minter when it is first started ends the launch', async () => {
  const cluster = await startCluster(async (env) => {
    await env.sleep(50);
    throw new Error('no configuration');
  });
  expect(() => cluster.assertClean()).toThrow('generator tiny: create threw (no configuration).');
  await cluster[Symbol.asyncDispose]();
});

test('a node whose later start fails ends, says why, and may be started again', async () => {
  const cluster = await startCluster((env) => {
    if (env.host.incarnation === 2) throw new Error('no configuration');
    return clockMinter(env);
  });
  await cluster.nodes[0]?.process.kill();
  await cluster.nodes[0]?.process.start();
  await cluster.time.sleep(10);
  expect(await cluster.nodes[0]?.lastWords()).toBe('create threw (no configuration)');
  expect(await cluster.nodes[0]?.process.alive()).toBe(false);
  cluster.assertClean();
  await cluster.healAll();
  expect(await cluster.nodes[0]?.lastWords()).toBeUndefined();
  expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok', incarnation: 3 });
  await cluster[Symbol.asyncDispose]();
});

test('what mint returns is a count or a promise of one; a thenable of another kind is neither', async () => {
  // oxlint-disable-next-line unicorn/no-thenable -- the very thing under test
  const answers = [Promise.resolve(1), { then: (done: (count: number) => void) => done(1) }];
  const cluster = await startCluster(() =>
    minterOf((into) => {
      if (answers.length === 2) into[0] = 7n;
      return answers.shift() as Promise<number>;
    }),
  );
  expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok', count: 1 });
  expect(await ask(cluster, 'n1')).toEqual({
    status: 'error',
    reason: 'mint returned an object, and not how many IDs it wrote',
  });
  const { batches, ids } = cluster.history();
  expect([...ids]).toEqual([7n]);
  expect([...batches.flags]).toEqual([0, BATCH_FLAG.badCount]);
  expect([...batches.count]).toEqual([1, 0]);
  await cluster[Symbol.asyncDispose]();
});

test('the buffer is as long as the count that is asked for, as it is in the shell', async () => {
  const lengths: number[] = [];
  const cluster = await startCluster(() =>
    minterOf((into) => {
      lengths.push(into.length);
      return into.fill(7n).length;
    }),
  );
  for (const count of [1, 3, 40, 3]) expect(await ask(cluster, 'n1', count)).toMatchObject({ status: 'ok', count });
  expect(lengths).toEqual([1, 3, 40, 3]);
  expect(cluster.history().ids).toHaveLength(47);
  await cluster[Symbol.asyncDispose]();
});
