import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import { LAYOUT } from './snowflake.ts';
import remembered from './snowflake-remembered.ts';
import { CrankedCluster } from './testing/cranked-node.ts';

const workerOf = (minted: bigint[] | string): number => decodeId(LAYOUT, (minted as [bigint])[0]).workerId;
const breaker = { failures: 5, openMs: 6000, quietMs: 60_000 };

test('after a restart it wants its old worker ID, and takes it when its old lease has run out', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(remembered, { pool: 1, afterRestart: 'old', breaker });
  const old = workerOf(await node.mint(1));
  await node.start(remembered);
  expect(await node.mint(1)).toBe('waiting');
  await cluster.crank.advance(8000);
  expect(workerOf(await node.mint(1))).toBe(old);
});

test.each(['old', 'new'] as const)('of several that are free it wants the %s one', async (afterRestart) => {
  for (let pool = 2; pool < 8; pool++) {
    const cluster = new CrankedCluster();
    const node = await cluster.node(remembered, { pool, afterRestart, breaker });
    const old = workerOf(await node.mint(1));
    await node.minter.close();
    await node.start(remembered);
    await cluster.crank.advance(4000);
    expect(workerOf(await node.mint(1)) === old).toBe(afterRestart === 'old');
  }
});

test('an open breaker spares the question and not the fence', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(remembered, { pool: 1, breaker });
  node.cut = true;
  node.offsetMs -= 3000; // the bound lasts longer than the lease
  await cluster.crank.advance(6000);
  expect(await node.mint(1)).toBe('lease over');
  node.cut = false;
  await cluster.crank.advance(8000);
  expect(await node.mint(1)).toHaveLength(1);
});

test('options out of range are refused before anything starts', () => {
  const refusal = (options: object) => remembered.refuses([{ name: 'n1', index: 0, options: { ...options } }]);
  expect(refusal({ afterRestart: 'other' })).toBe(`n1: option 'afterRestart' must be 'old' or 'new', not "other"`);
  expect(refusal({ breaker: { failures: 0 } })).toMatch("option 'breaker.failures' must be an integer from 1");
  expect(refusal({ pool: 0 })).toMatch("option 'pool'");
  expect(refusal({})).toBeUndefined();
});
