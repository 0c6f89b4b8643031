import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import saturate, { PAST_MS, refusesRate } from './saturate.ts';
import { LAYOUT } from './snowflake.ts';
import { CrankedCluster } from './testing/cranked-node.ts';
import { expectRising } from './testing/rising.ts';

const decode = (minted: bigint[] | string) => (minted as bigint[]).map((id) => decodeId(LAYOUT, id));

test('whatever the clock does, IDs rise and carry a time of the last 20 ms', () =>
  expectRising(saturate, {
    options: { workerId: 3, perMs: 2 },
    sound: ({ unixMs, calledMs, returnedMs }) => unixMs >= calledMs - PAST_MS && unixMs <= returnedMs,
  }));

test('mints every ID of each millisecond since the last call', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(saturate, { workerId: 1023, perMs: 3 });
  await cluster.crank.advance(1000);
  await node.mint(100_000);
  await cluster.crank.advance(16);
  const minted = decode(await node.mint(100_000));
  expect(minted).toHaveLength(16 * 3);
  expect(minted.every(({ workerId }) => workerId === 1023)).toBe(true);
  expect(minted.map(({ tick, sequence }) => tick * 3 + Number(sequence))).toEqual(
    minted.map((_, index) => minted[0]!.tick * 3 + index),
  );
});

test('goes on where a call that asked for fewer ended, and leaves out what is older than 20 ms', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(saturate, {});
  await cluster.crank.advance(1000);
  await node.mint(100_000);
  await cluster.crank.advance(2);
  const [few, rest] = [decode(await node.mint(5000)), decode(await node.mint(100_000))];
  expect(few.length + rest.length).toBe(2 * 4096);
  expect(rest[0]).toEqual({ ...few.at(-1)!, sequence: few.at(-1)!.sequence + 1n });
  await cluster.crank.advance(500);
  expect(decode(await node.mint(100_000))).toHaveLength((PAST_MS + 1) * 4096);
});

test('an option that is out of range is refused before anything starts', () => {
  const plan = (options: Record<string, number>) => [{ name: 'n1', index: 0, options }];
  expect(refusesRate(plan({ perMs: 4096, workerId: 1 }))).toBeUndefined();
  expect(refusesRate(plan({ perMs: 4097 }))).toContain("n1: option 'perMs'");
  expect(refusesRate(plan({ perms: 1 }))).toContain("n1: option 'perms' is not known");
});
