import { expect, test } from 'vitest';
import type { Tenure } from './tenure.ts';
import type { OwnerEvent } from './cluster.ts';
import { coordinatorMembersOf, coordinatorOfNodes, coordinatorsByRegion, membersBeside } from './coordinators.ts';
import type { LeaseFact } from './history.ts';
import { endOfLease, leaseFinder, withEnds } from './lease-ends.ts';
import { rollbacksBetween } from './rollback.ts';
import { inSuccession } from './tenures.ts';
import { msToNs } from './time.ts';

const cluster = {
  nodes: 3,
  coordinatorMembers: 3,
  coordinatorPerRegion: true,
  zones: {
    'eu-a': { region: 'eu', members: ['n1', 'etcd1', 'etcd2'] },
    'us-a': { region: 'us', members: ['n3', 'etcd4', 'etcd5', 'etcd6'] },
    'eu-b': { region: 'eu', members: ['n2', 'etcd3'] },
  },
};

test('each region has a coordinator of the members in its zones, and each node that of its region', () => {
  expect(coordinatorMembersOf(cluster)).toEqual(['etcd1', 'etcd2', 'etcd3', 'etcd4', 'etcd5', 'etcd6']);
  expect(coordinatorsByRegion(cluster)).toEqual([
    { region: 'eu', nodes: ['n1', 'n2'], members: ['etcd1', 'etcd2', 'etcd3'] },
    { region: 'us', nodes: ['n3'], members: ['etcd4', 'etcd5', 'etcd6'] },
  ]);
  expect(coordinatorOfNodes(cluster)).toEqual({ n1: 'eu', n2: 'eu', n3: 'us' });
  expect(membersBeside(cluster, 'n3')).toEqual(['etcd4', 'etcd5', 'etcd6']);
  expect(membersBeside(cluster, 'etcd2')).toEqual(['etcd1', 'etcd2', 'etcd3']);
});

test('zones with regions change nothing where one coordinator serves all', () => {
  const { coordinatorPerRegion: _, ...one } = cluster;
  expect(coordinatorMembersOf(one)).toEqual(['etcd1', 'etcd2', 'etcd3']);
  expect(coordinatorsByRegion(one)).toBeUndefined();
  expect(membersBeside(one, 'n3')).toEqual(['etcd1', 'etcd2', 'etcd3']);
});

// ---- two coordinators that give the same names: lease 7, revision 3, worker ID 0 ----

const fact = (coordinator: string, node: string): LeaseFact => ({
  coordinator,
  lease: '7',
  node,
  incarnation: 1,
  lastSentNs: 0,
  ttlMs: 1000,
});
const event = (coordinator: string, what: OwnerEvent['what'], ms: number): OwnerEvent => ({
  coordinator,
  at: msToNs(ms),
  what,
  workerId: 0,
  lease: '7',
  createRevision: '3',
  revision: '3',
});
const tenure = (coordinator: string, node: string, fromMs: number, createRevision: string): Tenure => ({
  coordinator,
  workerId: 0,
  node,
  incarnation: 1,
  lease: '7',
  createRevision,
  from: msToNs(fromMs),
  to: msToNs(fromMs + 100),
});

test('a lease ends by the word of the coordinator that granted it, whatever another one tells of one of that name', () => {
  const facts = withEnds(
    [fact('eu', 'n1'), fact('us', 'n3')],
    [{ coordinator: 'us', key: 'o/0', sentNs: msToNs(10), revision: '3' }],
    [event('eu', 'acquired', 0), event('us', 'acquired', 0), event('us', 'released', 50)],
  );
  const endOf = (coordinator: string, node: string) =>
    endOfLease(leaseFinder(facts)(tenure(coordinator, node, 0, '3')) as LeaseFact);
  expect(endOf('eu', 'n1')).toBeUndefined();
  expect(endOf('us', 'n3')).toEqual({ latest: msToNs(50) });
});

test('a key that went by itself is not excused by a deletion that another coordinator was asked for', () => {
  const [own] = withEnds(
    [fact('eu', 'n1')],
    [{ coordinator: 'us', key: 'o/0', sentNs: msToNs(10) }],
    [event('eu', 'acquired', 0), event('eu', 'released', 50)],
  );
  expect(endOfLease(own as LeaseFact)).toEqual({ latest: msToNs(1000), early: msToNs(50), by: 'coordinator' });
});

test('revisions of two coordinators give no order: time does', () => {
  const [early, late] = [tenure('eu', 'n1', 0, '9'), tenure('us', 'n3', 500, '3')];
  expect(inSuccession([late, early])).toEqual([early, late]);
  const sameWord = [tenure('eu', 'n1', 0, '9'), tenure('eu', 'n2', 500, '3')] as const;
  expect(inSuccession(sameWord)).toEqual(sameWord.toReversed());
});

test('a coordinator that went back has no part in what holders under another one did', () => {
  const rollback = { coordinator: 'eu', from: 0, at: 1, before: '9', revision: '5' };
  const [one, other] = [tenure('eu', 'n1', 0, '9'), tenure('us', 'n3', 500, '3')];
  expect(rollbacksBetween([rollback], one, one)).toEqual([rollback]);
  expect(rollbacksBetween([rollback], one, other)).toEqual([]);
  expect(rollbacksBetween([rollback], other, other)).toEqual([]);
});
