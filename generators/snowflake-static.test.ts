import { expect, test } from 'vitest';
import { decodeId } from '../harness/core/layout.ts';
import { LAYOUT } from './snowflake.ts';
import type { GeneratorEnv } from '../harness/core/generator.ts';
import snowflakeStatic from './snowflake-static.ts';
import { CrankedCluster } from './testing/cranked-node.ts';
import { expectRising } from './testing/rising.ts';
import { refusesStatic, staticWorkerId } from './worker-ids/static.ts';

const decode = (minted: bigint[] | string) => (minted as bigint[]).map((id) => decodeId(LAYOUT, id));

test('whatever the clock does, IDs rise and carry the time of the call', () =>
  expectRising(snowflakeStatic, {
    options: { workerId: 3 },
    sound: ({ unixMs, calledMs, returnedMs }) => unixMs >= calledMs && unixMs <= returnedMs,
  }));

test('a life that begins with its clock behind mints above all that an earlier one may have minted', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(snowflakeStatic, { workerId: 1023 });
  node.cut = true; // it asks nobody
  await cluster.crank.advance(1000);
  const before = decode(await node.mint(100)).at(-1)!;
  expect(before.workerId).toBe(1023);
  node.offsetMs -= 4000;
  await node.start(snowflakeStatic);
  expect(await node.mint(1)).toBe('floor');
  await cluster.crank.advance(9000);
  const [after] = decode(await node.mint(1));
  expect(after!.unixMs).toBeGreaterThan(before.unixMs);
});

test('a leap of the clock is not believed, and gets into no bound', async () => {
  const cluster = new CrankedCluster();
  const node = await cluster.node(snowflakeStatic, {});
  node.offsetMs += 3_600_000;
  await cluster.crank.advance(2000);
  expect(await node.mint(1)).toBe('clock-ahead');
  node.offsetMs -= 3_600_000;
  await node.start(snowflakeStatic);
  await cluster.crank.advance(5000);
  expect(await node.mint(1)).toHaveLength(1);
});

test('5 bits of datacenter and 5 of worker make up the worker ID', () => {
  expect(staticWorkerId({ datacenter: 1, worker: 1 }, 0)).toBe(33);
  expect(staticWorkerId({ datacenter: 31, worker: 31 }, 0)).toBe(1023);
  expect(staticWorkerId({}, 4)).toBe(4);
  expect(() => staticWorkerId({ datacenter: 32, worker: 0 }, 0)).toThrow(
    "'datacenter' must be an integer from 0 to 31",
  );
  expect(() => staticWorkerId({ datacenter: 1 }, 0)).toThrow("'worker'");
  expect(() => staticWorkerId({ workerId: 1, worker: 1 }, 0)).toThrow('give either');
});

test('a worker ID that is given twice is refused, however it is written', () => {
  const node = (name: string, index: number, options = {}) => ({ name, index, options });
  expect(refusesStatic([node('n1', 0), node('n2', 1)])).toBeUndefined();
  expect(refusesStatic([node('n1', 0, { workerId: 33 }), node('n2', 1, { datacenter: 1, worker: 1 })])).toBe(
    'n1 and n2 are both given worker ID 33',
  );
});

test('an option that is not known is refused before anything starts, as the node would refuse it', () => {
  const plan = (options: GeneratorEnv['options']) => [{ name: 'n1', index: 0, options }];
  expect(refusesStatic(plan({ datacenter: 1, worker: 1, ttlMs: 2000, pool: 40 }))).toBeUndefined();
  expect(refusesStatic(plan({ staticIds: { from: 0, to: 3 } }))).toContain("n1: option 'staticIds' is not known");
  expect(refusesStatic(plan({ ttlMs: 1 }))).toContain("n1: option 'ttlMs'");
});
