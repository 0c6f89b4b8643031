/** What is particular to the faults of the coordinator's data and leases. */
import { describe, expect, test } from 'vitest';
import type { Cluster, OwnerEvent } from '../core/cluster.ts';
import type { FaultContext } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import type { Rollback } from '../core/rollback.ts';
import { loadFaults } from '../registry.ts';
import { launchSimulated } from '../laws/simulated-cluster.ts';
import diskSlow from './etcd-disk-slow.ts';
import restore from './etcd-restore-snapshot.ts';
import stopAll from './etcd-stop-all.ts';
import leaseExpire from './lease-expire.ts';

const context = (): FaultContext => ({ key: 'slot/0', plannedMs: 3000, notes: new Map() });

async function settled(): Promise<Cluster> {
  const cluster = await launchSimulated();
  await cluster.time.sleep(2000);
  return cluster;
}

test('restoring a snapshot tells the rollback before what is different, and a dead lease lives again', async () => {
  await using cluster = await settled();
  const told: string[] = [];
  const rollbacks: Rollback[] = [];
  const [owner] = await cluster.coordinator.owners(1000);
  cluster.coordinator.watchOwners(
    ({ what, lease }: OwnerEvent) => told.push(`${what} ${lease}`),
    (rollback) => {
      told.push('went back');
      rollbacks.push(rollback);
    },
  );
  told.length = 0;
  const run = context();
  const injected = restore.inject(cluster, { ageMs: 4000 }, run);
  await cluster.time.sleep(1000);
  await cluster.coordinator.revoke(owner!.lease, 1000);
  await injected;
  expect(told.slice(0, 1)).toEqual([`released ${owner!.lease}`]);
  expect(told.slice(told.indexOf('went back') + 1)).toContain(`acquired ${owner!.lease}`);
  expect((await cluster.coordinator.owners(1000)).map(({ lease }) => lease)).toContain(owner!.lease);
  expect(BigInt(rollbacks[0]!.revision)).toBeLessThan(BigInt(rollbacks[0]!.before));
  expect((await restore.observe(cluster, { ageMs: 4000 }, run)).took).toBe(true);
});

test('a snapshot since which nothing was written is not restored: it would take nothing back', async () => {
  await using cluster = await settled();
  await Promise.all(cluster.nodes.map(({ process }) => process.kill()));
  await cluster.time.sleep(8000);
  await expect(restore.inject(cluster, { ageMs: 1000 }, context())).rejects.toThrow('take nothing back');
});

test('a lease that is revoked takes the owner key, and leaves the node alive with another lease later', async () => {
  await using cluster = await settled();
  const run = context();
  await leaseExpire.inject(cluster, { node: 'n1' }, run);
  expect(await leaseExpire.observe(cluster, { node: 'n1' }, run)).toMatchObject({
    took: true,
    measured: { ownerKey: false, alive: true },
  });
  await cluster.time.sleep(6000);
  const { lease } = await nodeOf(cluster, 'n1').health(500);
  expect(lease).not.toBe(run.notes.get('lease'));
  expect((await leaseExpire.observe(cluster, { node: 'n1' }, run)).took).toBe(true);
});

test('nothing is revoked of a node that holds nothing', async () => {
  await using cluster = await settled();
  await nodeOf(cluster, 'n1').process.kill();
  await expect(leaseExpire.inject(cluster, { node: 'n1' }, context())).rejects.toThrow('nothing to revoke');
});

test('slow disks slow what is written, and nothing that is only read', async () => {
  await using cluster = await settled();
  const { coordinator, time } = cluster;
  const run = context();
  await diskSlow.inject(cluster, { byMs: 300 }, run);
  expect(await coordinator.writeMs(1000)).toBe(300);
  const began = time.now();
  await coordinator.owners(1000);
  expect(time.now() - began).toBe(0);
  await diskSlow.heal(cluster, { byMs: 300 }, run);
  expect(await coordinator.writeMs(1000)).toBe(0);
});

test('members that are stopped end by themselves, and a member that stands still does not', async () => {
  await using cluster = await settled();
  const run = context();
  await stopAll.inject(cluster, {}, run);
  expect(await stopAll.observe(cluster, {}, run)).toMatchObject({ took: true, measured: { alive: [], serving: [] } });
  await stopAll.heal(cluster, {}, run);
  await cluster.coordinator.members[0]!.process.pause(1000);
  await expect(stopAll.inject(cluster, {}, context())).rejects.toThrow('etcd1 did not end');
});

describe('with PostgreSQL as the coordinator', async () => {
  const faults = [...(await loadFaults()).values()];
  const served = faults.filter(
    ({ disturbs, coordinators }) => String(disturbs) === 'coordinator' && coordinators?.includes('postgres'),
  );
  test.each(served.map((fault) => [fault.name, fault] as const))('%s bites, and is healed', async (_, fault) => {
    await using cluster = await launchSimulated(1, { coordinator: 'postgres' });
    const run = context();
    const options = JSON.parse(JSON.stringify(fault.example).replaceAll('etcd1', 'pg1')) as typeof fault.example;
    await fault.inject(cluster, options, run);
    expect((await fault.observe(cluster, options, run)).took).toBe(true);
    await fault.heal(cluster, options, run);
    await cluster.time.sleep(3000);
    expect((await fault.observe(cluster, options, run)).took).toBe(false);
  });
});
