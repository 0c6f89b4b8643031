import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LaunchContext } from '../../core/driver.ts';
import type { OwnerEvent } from '../../core/cluster.ts';
import type { Generator } from '../../core/generator.ts';
import { createRng } from '../../core/random.ts';
import { SimCluster } from './cluster.ts';
import driver from './driver.ts';
import snowflake from '../../../generators/snowflake.ts';

const SNOWFLAKE = fileURLToPath(new URL('../../../generators/snowflake.ts', import.meta.url));

function contextOf(generator: Generator, file: string, seed: number): LaunchContext {
  return {
    runId: 'abcdefgh',
    owner: { machineId: '', bootId: '', pidNamespace: '', pid: 1, startTicks: '' },
    folder: '',
    generator: { generator, file },
    seed: String(seed),
    rng: createRng(seed),
    log: () => undefined,
    signal: new AbortController().signal,
  };
}

/** Everything that is observable of a run in which all kinds of things happen at random. */
async function shake(seed: number): Promise<{ readonly text: string; readonly ids: number }> {
  const spec = { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 2000 } };
  await using cluster = await driver.launch(spec, contextOf(snowflake, SNOWFLAKE, seed));
  if (!(cluster instanceof SimCluster)) throw new Error('the driver of the simulator launches simulated clusters');
  const { time, nodes, coordinator } = cluster;
  const rng = createRng(seed).fork('test');
  const seen: unknown[] = [];
  coordinator.watchOwners((event: OwnerEvent) => seen.push(event));
  for (const node of nodes) {
    const gaps = rng.fork(node.name);
    const arrive = (): void => {
      node.mint(gaps.int(1, 3), 500, ({ status, firstSeq }) => {
        if (status !== 'ok') seen.push([node.name, status, time.now(), firstSeq]);
      });
      time.at(time.now() + gaps.exponential(5e6), arrive);
    };
    arrive();
  }
  for (let i = 0; i < 6; i++) {
    await time.sleep(rng.real(100, 1500));
    const node = rng.pick(nodes);
    const member = rng.pick(coordinator.members);
    const acts = [
      () => node.clock.set({ offsetMs: rng.int(-4000, 4000), rate: rng.pick([0, 0.5, 1, 1, 1, 1 + 200e-6]) }),
      () => node.process.pause(rng.int(100, 4000)),
      () => node.process.kill(),
      () =>
        node.network.cut(
          'test',
          coordinator.members.map(({ name }) => name),
        ),
      () => member.process.kill(),
      () => member.process.pause(1000),
    ];
    await rng.pick(acts)();
    await time.sleep(rng.real(10, 2500));
    if (rng.chance(0.6)) await cluster.healAll();
    for (const one of nodes) seen.push(await one.health(50).catch((error: Error) => error.message));
  }
  const { batches, ids, leases } = cluster.history();
  const plain = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : ArrayBuffer.isView(value) ? [...(value as BigUint64Array)] : value;
  return { text: JSON.stringify([batches, ids, leases, seen], plain), ids: ids.length };
}

test('one seed, one history; another seed, another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const [one, again, other] = [await shake(seed), await shake(seed), await shake(seed + 1)];
      expect(again.text === one.text).toBe(true);
      expect(other.text === one.text).toBe(false);
      expect(one.ids).toBeGreaterThan(100);
    }),
    { numRuns: 5 },
  );
});

test('runs side by side do not touch one another', async () => {
  const alone = [await shake(1), await shake(2)];
  const together = await Promise.all([shake(1), shake(2)]);
  expect(together.map(({ text }) => text)).toEqual(alone.map(({ text }) => text));
});
