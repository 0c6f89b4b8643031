/** The whole of a leased worker ID on the simulator: acquired, kept, lost to a standby, taken up again. */
import { expect, test } from 'vitest';
import type { ClusterNode } from '../harness/core/cluster.ts';
import { load, startCluster } from '../harness/drivers/sim/cluster-for-tests.ts';
import snowflake from './snowflake.ts';

const create = snowflake.node.create;
const spec = { nodes: 4, options: { pool: 3, ttlMs: 5000 } };

const standing = async (nodes: readonly ClusterNode[], status: string): Promise<ClusterNode[]> => {
  const healths = await Promise.all(nodes.map((node) => node.health(1000)));
  return nodes.filter((_, index) => healths[index]?.status === status);
};

test('three of four nodes hold the pool; when a holder dies, the standby mints in its place', async () => {
  await using cluster = await startCluster(create, spec);
  await cluster.time.sleep(500);
  expect(await standing(cluster.nodes, 'minting')).toHaveLength(3);
  const [standby] = (await standing(cluster.nodes, 'waiting')) as [ClusterNode];
  expect((await load(cluster, standby.name, 10, 100)).map(({ reason }) => reason)).toContain('waiting');

  const [victim] = (await standing(cluster.nodes, 'minting')) as [ClusterNode];
  await victim.process.kill();
  await cluster.time.sleep(8000);
  expect((await load(cluster, standby.name, 10, 100)).map(({ status }) => status)).not.toContain('refused');
  await victim.process.start();
  await cluster.time.sleep(1000);
  expect(await standing(cluster.nodes, 'waiting')).toEqual([victim]);
});

test.each([1, 2, 3, 4, 5])('cut off, its clock set back, it stops before its lease ends (seed %i)', async (seed) => {
  await using cluster = await startCluster(create, { ...spec, seed, nodes: 1 });
  await cluster.time.sleep(500);
  const node = cluster.nodes[0] as ClusterNode;
  await node.network.cut('test', ['etcd1', 'etcd2', 'etcd3']);
  const cutAt = cluster.time.now();
  await cluster.time.sleep(300);
  await node.clock.set({ offsetMs: -3000, rate: 1 });
  const replies = await load(cluster, 'n1', 5, 8000);
  expect(replies.some(({ status }) => status === 'ok')).toBe(true);
  expect(replies.slice(-100).every(({ status }) => status === 'refused')).toBe(true);
  expect(cluster.time.now() - cutAt).toBeGreaterThan(8e9);
  await node.network.mend('test');
  await cluster.time.sleep(8000);
  expect((await load(cluster, 'n1', 5, 100)).every(({ status }) => status === 'ok')).toBe(true);
});
