import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { ShellGenerator } from '../../harness/core/generator.ts';
import { GUARANTEE_NAMES } from '../../harness/core/guarantee.ts';
import { decodeId } from '../../harness/core/layout.ts';
import { CrankedCluster } from '../testing/cranked-node.ts';
import cached from '../snowflake-cached.ts';
import snowflake, { LAYOUT } from '../snowflake.ts';
import sonyflake from '../sonyflake.ts';
import earlierReading from './checks-on-earlier-reading.ts';
import noBound from './no-bound.ts';
import noFence from './no-fence.ts';
import beforeLock from './reads-clock-before-lock.ts';
import onceABatch from './reads-clock-once-a-batch.ts';
import resetsSequence from './resets-sequence.ts';
import trustsClock from './trusts-clock-backwards.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
  .map((file) => basename(file, '.ts'));

const scenarios = readdirSync(join(import.meta.dirname, '../../scenarios')).map((file) => basename(file, '.ts'));

const guaranteesOf = ({ promises }: ShellGenerator): string => promises.map(({ guarantee }) => guarantee).join(' ');
const honest = new Set(
  await Promise.all(
    readdirSync(join(import.meta.dirname, '..'))
      .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
      .map(async (file) => {
        const module = (await import(/* @vite-ignore */ join(import.meta.dirname, '..', file))) as {
          default: ShellGenerator;
        };
        return guaranteesOf(module.default);
      }),
  ),
);

test.each(names)(
  '%s is named as its file, promises what an honest one promises, and says what it breaks',
  async (name) => {
    const mutant = (
      (await import(/* @vite-ignore */ join(import.meta.dirname, `${name}.ts`))) as { default: ShellGenerator }
    ).default;
    expect(mutant.name).toBe(name);
    expect(honest).toContain(guaranteesOf(mutant));
    expect(mutant.mutant?.breaks.length).toBeGreaterThan(0);
    for (const guarantee of mutant.mutant?.breaks ?? []) expect(GUARANTEE_NAMES).toContain(guarantee);
    expect(scenarios).toEqual(expect.arrayContaining([...(mutant.mutant?.shownBy ?? [])]));
    expect(mutant.mutant?.shownBy).not.toEqual([]);
  },
);

// Each mutant and the honest generator in the one situation that tells them apart.

test('trusts-clock-backwards mints lower IDs after a step back', async () => {
  const ids = async (generator: ShellGenerator) => {
    const node = await new CrankedCluster().node(generator);
    const [before] = (await node.mint(1)) as bigint[];
    node.offsetMs -= 1000;
    const after = await node.mint(1);
    return typeof after === 'string' ? after : (after[0] as bigint) < (before as bigint);
  };
  expect(await ids(snowflake)).toBe('clock behind');
  // Its floor is the bound that it found: on a fresh cluster, none.
  expect(await ids(trustsClock)).toBe(true);
});

test('no-fence mints after its lease', async () => {
  const late = async (generator: ShellGenerator) => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(generator);
    await node.mint(1);
    await cluster.crank.advance(3000);
    node.offsetMs -= 3000;
    node.cut = true;
    await cluster.crank.advance(5500);
    return node.mint(1);
  };
  expect(await late(snowflake)).toBe('lease over');
  expect(await late(noFence)).toHaveLength(1);
});

test('no-bound mints what the holder before it may have minted', async () => {
  const second = async (generator: ShellGenerator) => {
    const cluster = new CrankedCluster();
    cluster.store.txn([], [{ put: 'b/0', value: '0001900000000000' }], []);
    return (await cluster.node(generator)).mint(1);
  };
  expect(await second(snowflake)).toBe('floor');
  expect(await second(noBound)).toHaveLength(1);
});

test('checks-on-earlier-reading mints a time that it did not check when it is stopped in between', async () => {
  const stopped = async (generator: ShellGenerator) => {
    const node = await new CrankedCluster().node(generator);
    const limitMs = node.minter.holding()?.lease?.limitMs as number;
    let reads = 0;
    node.onClockRead = () => {
      if (++reads === 2) node.offsetMs += 7000; // before the second reading
    };
    const minted = await node.mint(2);
    if (typeof minted === 'string') throw new Error(minted);
    return minted.some((id) => decodeId(LAYOUT, id).unixMs >= limitMs);
  };
  expect(await stopped(snowflake)).toBe(false);
  expect(await stopped(earlierReading)).toBe(true);
});

test('resets-sequence mints an ID twice within one millisecond', async () => {
  const twice = async (generator: ShellGenerator) => {
    const node = await new CrankedCluster().node(generator);
    return [...((await node.mint(2)) as bigint[]), ...((await node.mint(2)) as bigint[])];
  };
  expect(new Set(await twice(snowflake)).size).toBe(4);
  expect(new Set(await twice(resetsSequence)).size).toBe(2);
});

test('snowflake-cached mints on without its lease, beside the next holder, and puts itself under a lease again', async () => {
  const cluster = new CrankedCluster();
  const first = await cluster.node(cached);
  const second = await cluster.node(cached);
  expect(await second.mint(1)).toBe('waiting');
  first.cut = true;
  await cluster.crank.advance(7000);
  expect(await first.mint(1)).toEqual(await second.mint(1));
  expect(first.minter.holding()?.workerId).toBe(second.minter.holding()?.workerId);
  await second.minter.close();
  first.cut = false;
  const before = first.minter.holding()?.lease?.id;
  await cluster.crank.advance(4000);
  expect(first.minter.holding()?.lease?.id).not.toBe(before);
  expect(cluster.store.range('o/')).toMatchObject([{ lease: first.minter.holding()?.lease?.id }]);
});

test('reads-clock-once-a-batch mints times that its clock has not come to', async () => {
  const ahead = async (generator: ShellGenerator) => {
    const node = await new CrankedCluster().node(generator);
    const minted = (await node.mint(5000)) as bigint[];
    expect(minted).toHaveLength(5000);
    return decodeId(LAYOUT, minted.at(-1)!).unixMs > node.wallMs;
  };
  expect(await ahead(snowflake)).toBe(false);
  expect(await ahead(onceABatch)).toBe(true);
});

test('reads-clock-before-lock goes back to the tick that it read before it waited', async () => {
  const rises = async (generator: ShellGenerator) => {
    const cluster = new CrankedCluster();
    const node = await cluster.node(generator, {});
    const before = (await node.mint(200)) as bigint[];
    // Fills the tick, and waits for the next with the lock held; another lane waits for the lock.
    const filling = node.minter.mint(new BigUint64Array(100), 100);
    const late = new BigUint64Array(1);
    const waiting = node.minter.moreLanes![0]!.mint(late, 1);
    await cluster.crank.advance(20);
    expect(await Promise.all([filling, waiting])).toEqual([100, 1]);
    return late[0]! > before.at(-1)!;
  };
  expect(await rises(sonyflake)).toBe(true);
  expect(await rises(beforeLock)).toBe(false);
});
