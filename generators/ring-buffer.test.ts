import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import ringBuffer, { FRESH_MS } from './ring-buffer.ts';
import { LAYOUT } from './snowflake.ts';
import { CrankedCluster } from './testing/cranked-node.ts';
import { expectRising } from './testing/rising.ts';

const timesOf = (minted: bigint[] | string): number[] => (minted as bigint[]).map((id) => decodeId(LAYOUT, id).unixMs);

test('whatever the clock does, IDs rise, and tell times of up to 100 ms ago', () =>
  expectRising(ringBuffer, {
    options: { pool: 1 },
    batchMax: 3000,
    sound: ({ unixMs, calledMs, returnedMs }) => unixMs >= calledMs - FRESH_MS && unixMs <= returnedMs,
  }));

test('IDs were made before anybody asked, and not too long before', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(ringBuffer);
  await cluster.crank.advance(50);
  const [made] = timesOf(await node.mint(1));
  expect(made).toBeLessThan(node.wallMs);
  await cluster.crank.advance(10_000);
  const [afterIdleness] = timesOf(await node.mint(1));
  expect(afterIdleness).toBeGreaterThanOrEqual(node.wallMs - FRESH_MS);
});

test('a full ring is worth nothing when the fence has fallen', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(ringBuffer);
  node.cut = true;
  // The bound would stop it before the lease ends: the clock goes back, so that only the fence is left.
  node.offsetMs -= 3000;
  await cluster.crank.advance(6000);
  expect(await node.mint(1)).toBe('lease over');
});

test('what is ahead of a clock that went back is not handed out', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(ringBuffer);
  await cluster.crank.advance(20);
  node.offsetMs -= 1000;
  expect(await node.mint(1)).toBe('clock behind');
  await cluster.crank.advance(1100);
  for (const unixMs of timesOf(await node.mint(10))) expect(unixMs).toBeLessThanOrEqual(node.wallMs);
});
