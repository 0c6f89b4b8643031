import { expect, test } from 'vitest';
import { keptFromCoordinator } from './coordinator-links.ts';
import { cutsBetween, linksOf } from './links.ts';

const shape = { nodes: ['n1', 'n2'], coordinatorMembers: ['etcd1', 'etcd2', 'etcd3'] };
const kept = (some: readonly string[], others: readonly string[], of = shape) =>
  keptFromCoordinator(linksOf(cutsBetween(some, others)), of);

test('a link between a node and a member concerns that node, by either end', () => {
  expect(kept(['n1'], ['etcd2'])).toEqual(['n1']);
  expect(kept(['etcd2'], ['n1'])).toEqual(['n1']);
});

test('one between members concerns all nodes, one between nodes none', () => {
  expect(kept(['etcd1'], ['etcd2'])).toEqual(['n1', 'n2']);
  expect(kept(['n1'], ['n2'])).toEqual([]);
});

test('where each region has a coordinator of its own, that one counts', () => {
  const coordinators = [
    { region: 'eu', nodes: ['n1'], members: ['etcd1'] },
    { region: 'us', nodes: ['n2'], members: ['etcd2', 'etcd3'] },
  ];
  const regional = { ...shape, coordinators };
  expect(kept(['etcd2'], ['etcd3'], regional)).toEqual(['n2']);
  expect(kept(['n1'], ['etcd2'], regional)).toEqual([]);
});
