import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import sonyflake, { LAYOUT } from './sonyflake.ts';
import { CrankedCluster } from './testing/cranked-node.ts';
import { expectRising } from './testing/rising.ts';

test('whatever the clock does, IDs rise', () => expectRising(sonyflake, { options: { machineId: 7 }, batchMax: 600 }));

test('time, sequence, machine, in this order', async () => {
  const node = await new CrankedCluster().node(sonyflake, { machineId: 65_535 });
  const [first, second] = (await node.mint(2)) as [bigint, bigint];
  expect(decodeId(LAYOUT, first)).toMatchObject({ workerId: 65_535, sequence: 0n });
  expect(decodeId(LAYOUT, second)).toMatchObject({ workerId: 65_535, sequence: 1n });
  expect(second - first).toBe(65_536n);
});

test('a step back gives the rest of the tick and then stalls for as long as the step', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(sonyflake, {});
  await node.mint(1);
  node.offsetMs -= 2000;
  const before = cluster.crank.monotonicMs;
  expect(await node.mint(255)).toHaveLength(255);
  expect(cluster.crank.monotonicMs).toBe(before);
  expect(await node.mint(1)).toHaveLength(1);
  expect(cluster.crank.monotonicMs - before).toBeGreaterThanOrEqual(2000);
  expect(cluster.crank.monotonicMs - before).toBeLessThan(2020);
});

test('a machine ID is given once, and fits', () => {
  const node = (index: number, options = {}) => ({ name: `n${index + 1}`, index, options });
  expect(sonyflake.refuses([node(0), node(1)])).toBeUndefined();
  expect(sonyflake.refuses([node(0), node(1, { machineId: 0 })])).toBe('n1 and n2 are both given machine ID 0');
  expect(sonyflake.refuses([node(0, { machineId: 65_536 })])).toMatch("option 'machineId' must be an integer");
});
