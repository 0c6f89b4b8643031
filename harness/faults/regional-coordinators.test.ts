/** Faults where each region has a coordinator of its own: they take the one that they mean. */
import { expect, test } from 'vitest';
import type { Cluster } from '../core/cluster.ts';
import { coordinatorIn } from '../core/coordinators-as-one.ts';
import type { FaultContext } from '../core/fault.ts';
import { shapeOfCluster } from '../core/fault.ts';
import { statusOf } from '../core/observe.ts';
import { launchSimulated } from '../laws/simulated-cluster.ts';
import cutFromEtcd from './cut-from-etcd.ts';
import leaderKill from './etcd-leader-kill.ts';
import memberKill from './etcd-member-kill.ts';
import quorumLoss from './etcd-quorum-loss.ts';
import restoreSnapshot from './etcd-restore-snapshot.ts';
import leaseExpire from './lease-expire.ts';
import partitionEtcd from './partition-etcd.ts';
import zoneDown from './zone-down.ts';

const REGIONS = {
  coordinatorPerRegion: true,
  zones: {
    'eu-a': { region: 'eu', members: ['n1', 'etcd1', 'etcd2', 'etcd3'] },
    'us-a': { region: 'us', members: ['n2', 'n3', 'etcd4', 'etcd5'] },
    'us-b': { region: 'us', members: ['etcd6'] },
  },
};
const US = { region: 'us' };

async function settled(): Promise<Cluster> {
  const cluster = await launchSimulated(3, REGIONS);
  await cluster.time.sleep(2000);
  return cluster;
}

const context = (): FaultContext => ({ key: 'd1', plannedMs: 5000, notes: new Map() });

async function serving({ coordinator }: Cluster): Promise<readonly string[]> {
  const statuses = await Promise.all(coordinator.members.map((member) => statusOf(member)));
  return coordinator.members.filter((_, index) => statuses[index]?.serving === true).map(({ name }) => name);
}

test('each region leases worker IDs by itself, and may lease one that another region has leased', async () => {
  await using cluster = await settled();
  const owners = await cluster.coordinator.owners(500);
  const by = (region: string): string[] =>
    owners.filter(({ coordinator }) => coordinator === region).map(({ value }) => value.split('.')[0]!);
  expect(by('eu')).toEqual(['n1']);
  expect(by('us').toSorted()).toEqual(['n2', 'n3']);
});

test('a lost majority takes one region its coordinator, and the nodes of the other are out of its reach', async () => {
  await using cluster = await settled();
  const run = context();
  await quorumLoss.inject(cluster, US, run);
  expect(await serving(cluster)).toEqual(['etcd1', 'etcd2', 'etcd3']);
  expect(await quorumLoss.observe(cluster, US, run)).toMatchObject({ took: true, measured: { serving: [] } });
  expect(quorumLoss.reach(US, shapeOfCluster(cluster))).toEqual(['n2', 'n3']);
  await quorumLoss.heal(cluster, US, run);
  await cluster.time.sleep(3000);
  expect(await serving(cluster)).toHaveLength(6);
});

test('the leader that is killed is that of the region', async () => {
  await using cluster = await settled();
  const run = context();
  await leaderKill.inject(cluster, US, run);
  const [chosen] = run.notes.get('chosen') as [string];
  expect(['etcd4', 'etcd5', 'etcd6']).toContain(chosen);
  await leaderKill.heal(cluster, US, run);
});

test('a snapshot that is restored in one region takes nothing back in the other', async () => {
  await using cluster = await settled();
  const revision = (region: string): Promise<string> => coordinatorIn(cluster, region).revision(500);
  const rollbacks: (string | undefined)[] = [];
  cluster.coordinator.watchOwners(
    () => {},
    ({ coordinator }) => rollbacks.push(coordinator),
  );
  const before = BigInt(await revision('eu'));
  const run = context();
  await restoreSnapshot.inject(cluster, { ...US, ageMs: 1500 }, run);
  expect(await restoreSnapshot.observe(cluster, { ...US, ageMs: 1500 }, run)).toMatchObject({ took: true });
  expect(rollbacks).toEqual(['us']);
  expect(BigInt(await revision('eu'))).toBeGreaterThan(before);
  await restoreSnapshot.heal(cluster, { ...US, ageMs: 1500 }, run);
});

test('a node has to do with the members of its own region: its links, and its lease', async () => {
  await using cluster = await settled();
  const links = cutFromEtcd.touches({ node: 'n2' }, shapeOfCluster(cluster));
  expect(links.filter((link) => link.startsWith('link from n2')).toSorted()).toEqual([
    'link from n2 to etcd4',
    'link from n2 to etcd5',
    'link from n2 to etcd6',
  ]);
  const run = context();
  await leaseExpire.inject(cluster, { node: 'n1' }, run);
  expect(await leaseExpire.observe(cluster, { node: 'n1' }, run)).toMatchObject({ took: true });
});

test('whose coordinator is meant has to be said where there are several, and left out where there is one', async () => {
  await using several = await settled();
  await using one = await launchSimulated();
  const [shape, single] = [shapeOfCluster(several), shapeOfCluster(one)];
  expect(quorumLoss.refuses?.({}, shape, 1000)).toBe(
    "Each region has a coordinator of its own: option 'region' has to say whose (eu, us).",
  );
  expect(quorumLoss.refuses?.({ region: 'ap' }, shape, 1000)).toBe(
    'There is no coordinator of a region ap; there are those of eu, us.',
  );
  expect(quorumLoss.refuses?.(US, shape, 1000)).toBeUndefined();
  expect(quorumLoss.refuses?.({}, single, 1000)).toBeUndefined();
  expect(quorumLoss.refuses?.(US, single, 1000)).toBe(
    "The cluster has one coordinator for all regions: option 'region' (us) has to be left out.",
  );
  expect(memberKill.refuses?.({ member: 'etcd5' }, shape, 1000)).toBeUndefined();
  expect(partitionEtcd.refuses?.({ side: ['etcd1', 'etcd4'] }, shape, 1000)).toMatch('several coordinators');
});

test('two faults of different coordinators may last at once, two of one may not', async () => {
  await using cluster = await settled();
  const shape = shapeOfCluster(cluster);
  expect(quorumLoss.touches(US, shape)).toEqual(['process of etcd of us']);
  expect(memberKill.touches({ member: 'etcd6' }, shape)).toEqual(['process of etcd of us']);
  expect(memberKill.touches({ member: 'etcd1' }, shape)).toEqual(['process of etcd of eu']);
  expect(zoneDown.touches({ zone: 'us-b' }, shape)).toEqual(['process of etcd of us']);
  expect(zoneDown.reach({ zone: 'us-b' }, shape)).toEqual(['n2', 'n3']);
});

test('what only one coordinator can answer is not asked of all', async () => {
  await using cluster = await settled();
  await expect(cluster.coordinator.revision(500)).rejects.toThrow(
    'of which coordinator? Each region has its own: eu, us',
  );
});
