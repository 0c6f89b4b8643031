import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import { CrankedCluster } from './testing/cranked-node.ts';
import { expectRising } from './testing/rising.ts';
import ulid, { LAYOUT } from './ulid.ts';

test('whatever the clock does, IDs rise, and no call waits', () =>
  expectRising(ulid, { sound: ({ unixMs, calledMs }) => unixMs >= calledMs }));

test('within a millisecond, and behind it, the last ID plus one', async () => {
  const node = await new CrankedCluster().node(ulid);
  const [a, b] = (await node.mint(2)) as [bigint, bigint];
  node.offsetMs -= 3_600_000;
  const [c] = (await node.mint(1)) as [bigint];
  expect([b - a, c - b]).toEqual([1n, 1n]);
  expect(decodeId(LAYOUT, a).sequence).toBe(a & (2n ** 80n - 1n));
});

test('a clock before 1970 or beyond 48 bits is refused', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(ulid);
  node.offsetMs = -node.wallMs - 1;
  expect(await node.mint(1)).toBe('clock out of range');
});
