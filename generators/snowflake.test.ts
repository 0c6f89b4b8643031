import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GeneratorEnv } from '../harness/core/generator.ts';
import { decodeId } from '../harness/core/layout.ts';
import { CrankedCluster, CrankedNode, START_MS } from './testing/cranked-node.ts';
import snowflake, { LAYOUT, compose, refusesOptions, settingsOf } from './snowflake.ts';

const decode = (ids: bigint[] | string) => {
  if (typeof ids === 'string') throw new Error(`refused: ${ids}`);
  return ids.map((id) => decodeId(LAYOUT, id));
};

test('compose puts every field where the layout says', () => {
  const field = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  const tick = fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** LAYOUT.timeBits);
  fc.assert(
    fc.property(tick, field(LAYOUT.workerBits), field(LAYOUT.sequenceBits), (tick, workerId, sequence) => {
      const id = compose(LAYOUT.epochMs + tick, workerId, sequence);
      expect(id).toBeLessThan(2n ** 63n);
      expect(decodeId(LAYOUT, id)).toEqual({
        unixMs: LAYOUT.epochMs + tick,
        tick,
        workerId,
        sequence: BigInt(sequence),
      });
    }),
  );
});

test('whatever the clock does, IDs rise, carry the time of the call, and lie between floor and limit', async () => {
  const action = fc.oneof(
    { weight: 3, arbitrary: fc.record({ mint: fc.integer({ min: 1, max: 3000 }) }) },
    { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 2500 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ step: fc.oneof(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -9000, max: 9000 })) }),
    },
    { weight: 1, arbitrary: fc.record({ cut: fc.boolean() }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 20 }), async (actions) => {
      const cluster = new CrankedCluster();
      const node = await cluster.node(snowflake);
      let last = -1n;
      let ids = 0;
      for (const act of actions) {
        if ('pass' in act) await cluster.crank.advance(act.pass);
        else if ('step' in act) node.offsetMs += act.step;
        else if ('cut' in act) node.cut = act.cut;
        else {
          const before = { wall: node.wallMs, monotonic: cluster.crank.monotonicMs, held: node.minter.holding() };
          const minted = await node.mint(act.mint);
          if (typeof minted === 'string') continue;
          const limitMs = node.minter.holding()?.lease?.limitMs ?? Infinity;
          for (const id of minted) {
            const { unixMs, workerId } = decodeId(LAYOUT, id);
            const sound =
              id > last &&
              unixMs >= before.wall &&
              unixMs <= node.wallMs &&
              unixMs < limitMs &&
              workerId === before.held?.workerId;
            if (!sound) throw new Error(`${id} after ${last}, minted from ${before.wall} to ${node.wallMs}`);
            last = id;
          }
          ids += minted.length;
          expect(cluster.crank.monotonicMs - before.monotonic).toBeLessThan(12);
        }
      }
      fc.pre(ids > 0);
    }),
    { numRuns: 100 },
  );
});

describe('one node', () => {
  test('fills a millisecond, waits for the next, and refuses when that does not come', async () => {
    const node = await new CrankedCluster().node(snowflake);
    const full = decode(await node.mint(5000));
    expect(full).toHaveLength(5000);
    expect(full[4095]).toMatchObject({ unixMs: full[0]?.unixMs, sequence: 4095n });
    expect(full[4096]).toMatchObject({ sequence: 0n });
    node.onClockRead = freeze(node);
    expect(await node.mint(5000)).toHaveLength(4096 - (5000 - 4096));
    expect(await node.mint(1)).toBe('tick full');
  });

  test('waits out a step back of 5 ms, and refuses a longer one until the clock is there again', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake);
    await node.mint(1);
    node.offsetMs -= 5;
    expect(await node.mint(1)).toHaveLength(1);
    node.offsetMs -= 20;
    expect(await node.mint(1)).toBe('clock behind');
    await cluster.crank.advance(20);
    expect(await node.mint(1)).toHaveLength(1);
  });

  test('stops at its fence when it is cut off, and goes on when its lease proves to have lived', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake);
    node.offsetMs -= 3000; // so that the bound outlasts the lease
    node.cut = true;
    await cluster.crank.advance(3500);
    expect(await node.mint(1)).toHaveLength(1);
    await cluster.crank.advance(1120); // 4.82 s after its lease of 5 s was granted
    expect(await node.mint(1)).toBe('lease over');
    node.cut = false;
    await cluster.crank.advance(100);
    expect(await node.mint(1)).toHaveLength(1);
  });

  test('mints nothing beyond the time that it reserved, and reserves more as soon as it can', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake);
    node.cut = true;
    node.offsetMs += 3500;
    expect(await node.mint(1)).toBe('bound');
    node.cut = false;
    await cluster.crank.advance(450); // until the attempt that the cut swallowed is given up
    expect(await node.mint(1)).toBe('bound');
    await cluster.crank.advance(50);
    expect(await node.mint(1)).toHaveLength(1);
  });

  test('does not say that it holds a worker ID before it has time to mint in', async () => {
    const cluster = new CrankedCluster();
    const node = new CrankedNode(cluster, { pool: 1 });
    const owners = (): number => cluster.store.range('o/').length;
    node.onClockRead = () => void (node.cut = owners() > 0);
    await node.start(snowflake);
    await cluster.crank.advance(450); // until the attempt that the cut swallowed is given up
    expect([owners(), node.minter.holding(), await node.mint(1)]).toEqual([1, undefined, 'waiting']);
    node.onClockRead = () => void (node.cut = false);
    await cluster.crank.advance(1000);
    expect(await node.mint(1)).toHaveLength(1);
    expect(node.minter.holding()?.workerId).toBe(0);
  });

  test('refuses a clock that no ID can carry', async () => {
    const node = await new CrankedCluster().node(snowflake);
    node.offsetMs = LAYOUT.epochMs - START_MS - 10_000;
    expect(await node.mint(1)).toBe('clock out of range');
  });

  test('gives its worker ID back when it closes', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake);
    expect(cluster.store.range('o/')).toHaveLength(1);
    await node.minter.close();
    expect(cluster.store.range('o/')).toEqual([]);
    expect(await node.mint(1)).toBe('waiting');
  });
});

describe('two nodes on one worker ID', () => {
  test('the second waits, then mints nothing at or below what the first reserved', async () => {
    const cluster = new CrankedCluster();
    const first = await cluster.node(snowflake);
    const second = await cluster.node(snowflake);
    expect(await second.mint(1)).toBe('waiting');
    first.offsetMs = 10_000;
    await cluster.crank.advance(1000);
    const highest = decode(await first.mint(1)).at(-1)?.unixMs as number;
    first.cut = true;
    await cluster.crank.advance(7000);
    expect(first.minter.holding()?.workerId).toBe(second.minter.holding()?.workerId);
    expect(await first.mint(1)).toBe('lease over');
    expect(await second.mint(1)).toBe('floor');
    await cluster.crank.advance(6000);
    expect(decode(await second.mint(1))[0]?.unixMs).toBeGreaterThan(highest);
    first.cut = false;
    await cluster.crank.advance(2000);
    expect(await first.mint(1)).toBe('waiting');
  });

  test('a holder whose owner key is gone stops at its next extension, not at its next keep-alive', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake, { pool: 1, ttlMs: 60_000 });
    const lease = node.minter.holding()?.lease?.id as string;
    cluster.store.txn([], [{ delete: 'o/0' }], []);
    cluster.store.txn([], [{ put: 'o/0', value: 'another' }], []);
    await cluster.crank.advance(600);
    expect(await node.mint(1)).toBe('waiting');
    expect(cluster.store.keepAlive(lease)).toBe(0); // it gave the lease back
  });
});

describe('a clock that is further ahead than it may be', () => {
  const HOUR_MS = 3_600_000;
  const bounds = (cluster: CrankedCluster): number[] => cluster.store.range('b/').map(({ value }) => Number(value));

  test('is believed up to the option, and refused beyond it', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake, { pool: 1, aheadMaxMs: 10_000 });
    node.offsetMs = 10_500;
    expect(await node.mint(1)).toBe('clock-ahead');
    // Since the clock was last compared, up to half a second has passed.
    node.offsetMs = 9990;
    await cluster.crank.advance(600);
    expect(await node.mint(1)).toHaveLength(1);
  });

  test('is neither minted nor reserved, however long it lasts, and costs nothing when it is put right', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake);
    node.offsetMs = HOUR_MS;
    for (let second = 0; second < 20; second++) {
      expect(await node.mint(1)).toBe('clock-ahead');
      await cluster.crank.advance(1000);
    }
    expect(bounds(cluster)[0]).toBeLessThan(node.wallMs - HOUR_MS + 3001);
    node.offsetMs = 0;
    await cluster.crank.advance(550);
    expect(await node.mint(1)).toHaveLength(1);
  });

  test('may return from where it went back to', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake);
    expect(await node.mint(1)).toHaveLength(1);
    node.offsetMs = -HOUR_MS;
    await cluster.crank.advance(2000);
    expect(await node.mint(1)).toBe('clock behind');
    node.offsetMs = 0;
    await cluster.crank.advance(600);
    expect(await node.mint(1)).toHaveLength(1);
  });

  test('takes no worker ID while others own some whose bounds it is ahead of', async () => {
    const cluster = new CrankedCluster();
    await cluster.node(snowflake, { pool: 2 });
    const late = await cluster.node(snowflake, { pool: 2 }, HOUR_MS);
    expect(await late.mint(1)).toBe('clock-ahead');
    expect(cluster.store.range('o/')).toHaveLength(1);
    late.offsetMs = 0;
    await cluster.crank.advance(1000);
    expect(await late.mint(1)).toHaveLength(1);
  });

  test('began behind, was put right, and is believed when the bound of another bears it out', async () => {
    const cluster = new CrankedCluster();
    await cluster.node(snowflake, { pool: 2 });
    const late = await cluster.node(snowflake, { pool: 2 }, -HOUR_MS);
    expect(await late.mint(1)).toHaveLength(1);
    late.offsetMs = 0;
    expect(await late.mint(1)).toBe('clock-ahead');
    await cluster.crank.advance(1100);
    expect(await late.mint(1)).toHaveLength(1);
  });

  test('is believed by a process that begins alone, for it has nobody to ask', async () => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(snowflake, { pool: 1 }, HOUR_MS);
    expect(await node.mint(1)).toHaveLength(1);
  });
});

test('the last millisecond of the time bits is minted, and none after it, and none is reserved', async () => {
  const cluster = new CrankedCluster();
  const endMs = LAYOUT.epochMs + 2 ** LAYOUT.timeBits;
  const node = await cluster.node(snowflake, { pool: 1 }, endMs - 2000 - START_MS - cluster.crank.monotonicMs);
  node.offsetMs += endMs - 1 - node.wallMs;
  expect(decode(await node.mint(1))[0]?.tick).toBe(2 ** LAYOUT.timeBits - 1);
  node.offsetMs += 1;
  expect(await node.mint(1)).toBe('clock out of range');
  await cluster.crank.advance(2000);
  expect(Number(cluster.store.range('b/')[0]?.value)).toBe(endMs);
});

test('options out of range are refused by name', () => {
  expect(settingsOf({})).toEqual({ firstWorkerId: 0, pool: 3, ttlMs: 5000, aheadMaxMs: 30_000 });
  expect(() => settingsOf({ pool: 1025 })).toThrow("option 'pool' must be an integer from 1 to 1024, not 1025");
  expect(() => settingsOf({ ttlMs: '5s' })).toThrow("option 'ttlMs' must be an integer");
  expect(() => settingsOf({ workers: 4 })).toThrow("option 'workers' is not known");
});

test('5 bits of datacenter and 5 of worker: a node leases the worker IDs of its datacenter only', () => {
  expect(settingsOf({ datacenter: 3, firstWorkerId: 4, pool: 28 })).toMatchObject({ firstWorkerId: 100, pool: 28 });
  expect(settingsOf({ datacenter: 31, pool: 32 })).toMatchObject({ firstWorkerId: 992, pool: 32 });
  const refused = (options: GeneratorEnv['options']): string | undefined =>
    refusesOptions([{ name: 'n1', index: 0, options }]);
  expect(refused({ datacenter: 32 })).toBe("n1: option 'datacenter' must be an integer from 0 to 31, not 32");
  expect(refused({ datacenter: -1 })).toMatch('0 to 31, not -1');
  expect(refused({ datacenter: '1' })).toMatch('0 to 31, not "1"');
  expect(refused({ datacenter: 1, firstWorkerId: 32 })).toMatch(
    "option 'firstWorkerId' must be an integer from 0 to 31",
  );
  // A pool that would reach into the next datacenter.
  expect(refused({ datacenter: 1, firstWorkerId: 30, pool: 3 })).toMatch(
    "option 'pool' must be an integer from 1 to 2",
  );
});

test('IDs carry datacenter and worker, side by side', async () => {
  const cluster = new CrankedCluster();
  const [id] = await (await cluster.node(snowflake, { datacenter: 21, pool: 32 })).mint(1);
  expect(Number((id as bigint) >> 17n) & 31).toBe(21);
});

/** Stops the node's wall clock where it is now. */
function freeze(node: CrankedNode): () => void {
  const standing = node.wallMs;
  return () => void (node.offsetMs += standing - node.wallMs);
}

test('calls that wait for the next millisecond are counted, and those that wait for a clock that is behind are not', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(snowflake);
  const waits = () => node.minter.overflowWaits?.();
  expect(await node.mint(4096)).toHaveLength(4096);
  expect(waits()).toBe(0);
  expect(await node.mint(1)).toHaveLength(1);
  expect(waits()).toBe(1);
  node.offsetMs -= 2;
  expect(await node.mint(1)).toHaveLength(1);
  expect(waits()).toBe(1);
});
