import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import { LAYOUT } from './snowflake.ts';
import hybrid, { rangesOf } from './snowflake-hybrid.ts';
import regional from './snowflake-regional.ts';
import { CrankedCluster } from './testing/cranked-node.ts';

const node = (name: string, options = {}, region?: string) => ({
  name,
  index: 0,
  options,
  ...(region !== undefined && { region }),
});
const workerOf = (minted: bigint[] | string): number => decodeId(LAYOUT, (minted as [bigint])[0]).workerId;

test('0–15 are static and 16–31 leased when nothing else is said', async () => {
  expect(rangesOf({})).toEqual({ staticIds: { from: 0, to: 15 }, leasedIds: { from: 16, to: 31 } });
  const cluster = new CrankedCluster();
  const last = await cluster.node(hybrid, { workerId: 15 });
  const first = await cluster.node(hybrid, { leasedIds: { from: 16, to: 16 } });
  await cluster.crank.advance(1000);
  expect([workerOf(await last.mint(1)), workerOf(await first.mint(1))]).toEqual([15, 16]);
  expect([last.minter.holding()?.lease, first.minter.holding()?.lease?.id]).toEqual([undefined, expect.any(String)]);
});

test('the boundary: 15 is static and 16 is not', () => {
  expect(hybrid.refuses([node('n1', { workerId: 15 }), node('n2')])).toBeUndefined();
  expect(hybrid.refuses([node('n1', { workerId: 16 })])).toBe('n1 is given worker ID 16, and static ones are 0 to 15');
});

test('ranges that meet, or leave IDs to nobody, are refused before anything starts', () => {
  const ranges = (staticTo: number, leasedFrom: number) =>
    node('n1', { staticIds: { from: 0, to: staticTo }, leasedIds: { from: leasedFrom, to: 31 } });
  expect(hybrid.refuses([ranges(15, 16)])).toBeUndefined();
  expect(hybrid.refuses([ranges(15, 15)])).toBe('staticIds and leasedIds both have worker ID 15');
  expect(hybrid.refuses([ranges(14, 16)])).toBe('nobody has worker ID 15');
  expect(hybrid.refuses([node('n1', { leasedIds: { from: 20, to: 3 } })])).toMatch("option 'leasedIds' must be");
  expect(hybrid.refuses([node('n1', { workerId: 2 }), node('n2', { workerId: 2 })])).toBe(
    'n1 and n2 are both given worker ID 2',
  );
});

test('regions share out all worker IDs, and each node lies in one', () => {
  const regions = { eu: { from: 0, to: 341 }, us: { from: 342, to: 683 }, ap: { from: 684, to: 1023 } };
  expect(regional.refuses([node('n1', { regions }, 'eu'), node('n2', { regions }, 'ap')])).toBeUndefined();
  const refusal = (changed: object) => regional.refuses([node('n1', { regions: { ...regions, ...changed } }, 'eu')]);
  expect(refusal({ us: { from: 341, to: 683 } })).toBe('eu and us both have worker ID 341');
  expect(refusal({ us: { from: 343, to: 683 } })).toBe('nobody has worker ID 342');
  expect(refusal({ ap: { from: 684, to: 1022 } })).toBe('nobody has worker ID 1023');
  expect(refusal({ ap: { from: 684, to: 1024 } })).toMatch("option 'regions.ap' must be");
  expect(regional.refuses([node('n1', { regions }, 'mars')])).toMatch('n1: it lies in mars');
  expect(regional.refuses([node('n1', { regions })])).toMatch('n1: it lies in no region');
});
