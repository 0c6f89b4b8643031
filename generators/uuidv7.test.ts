import { expect, test } from 'vitest';
import { CrankedCluster, START_MS } from './testing/cranked-node.ts';
import { expectRising } from './testing/rising.ts';
import uuidv7, { BEHIND_MAX_MS } from './uuidv7.ts';

/** The canonical form of RFC 9562 §4. */
function textOf(id: bigint): string {
  return id
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

test('whatever the clock does, IDs rise, and tell no time further ahead than promised', () =>
  expectRising(uuidv7, {
    batchMax: 5000,
    sound: ({ unixMs, calledMs, returnedMs }) => unixMs >= calledMs && unixMs <= returnedMs + BEHIND_MAX_MS,
  }));

test('an ID has the version and variant of RFC 9562, and the time of the call in front', async () => {
  const node = await new CrankedCluster().node(uuidv7);
  const [first, second] = (await node.mint(2)) as [bigint, bigint];
  expect(textOf(first)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number(first >> 80n)).toBe(node.wallMs);
  // The counter goes on within the millisecond.
  expect(((second >> 64n) & 0xfffn) - ((first >> 64n) & 0xfffn)).toBe(1n);
});

test('a full counter waits for the clock, and gives up when that is too far behind', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(uuidv7);
  const before = cluster.crank.monotonicMs;
  expect(await node.mint(5000)).toHaveLength(5000);
  expect(cluster.crank.monotonicMs).toBeGreaterThan(before);
  node.offsetMs -= 2000;
  let counted = 0;
  for (let minted = await node.mint(1000); typeof minted !== 'string'; minted = await node.mint(1000))
    counted += minted.length;
  expect(counted).toBeLessThan(4096);
  expect(await node.mint(1)).toBe('clock behind');
});

test('a clock that is further behind than promised mints nothing', async () => {
  const node = await new CrankedCluster().node(uuidv7);
  await node.mint(1);
  node.offsetMs -= BEHIND_MAX_MS + 1;
  expect(await node.mint(1)).toBe('clock behind');
  node.offsetMs += 1;
  expect(await node.mint(1)).toHaveLength(1);
});

test('it needs nothing and takes no options', () => {
  expect(uuidv7.refuses([{ name: 'n1', index: 0, options: { pool: 3 } }])).toBe(
    "it leases no worker IDs and takes no options, and they are given the option 'pool'",
  );
  expect(uuidv7.refuses([{ name: 'n1', index: 0, options: {} }])).toBeUndefined();
  expect(START_MS).toBeGreaterThan(0);
});
