import { expect, test } from 'vitest';
import type { ScenarioInput } from '../core/scenario.ts';
import { loadParts, validateScenario } from '../registry.ts';
import scenario from '../../scenarios/region-without-coordinator.ts';
import { scenarioProblems } from './preflight.ts';

const parts = await loadParts();

function problemsWith(cluster: Partial<ScenarioInput['cluster']>) {
  const timetable = { order: 'given', slots: [] };
  const changed = validateScenario(
    { ...scenario, timetable, slos: [], cluster: { ...scenario.cluster, ...cluster } },
    'x',
  );
  return scenarioProblems(changed, parts);
}

test('a coordinator for each region needs regions', () => {
  expect(problemsWith({ zones: { a: { members: ['n1'] } } })).toMatchObject([
    {
      what: 'Each region is to have a coordinator of its own, and no zone of the cluster lies in a region.',
      where: 'region-without-coordinator: cluster.coordinatorPerRegion',
    },
  ]);
  expect(problemsWith({})).toEqual([]);
});

test('every node and member lies in a region, and each region has as many members as asked for', () => {
  const zones = {
    'eu-a': { region: 'eu', members: ['n1', 'n2', 'etcd1', 'etcd2', 'etcd3', 'etcd4'] },
    'us-a': { region: 'us', members: ['n3', 'etcd5'] },
    nowhere: { members: ['n4'] },
  };
  expect(problemsWith({ zones }).map(({ what, where, remedy }) => ({ what, where, remedy }))).toEqual([
    {
      what: 'n4, etcd6 lie in no region, and each region has a coordinator of its own.',
      remedy: 'Put them into a zone with a region.',
      where: 'region-without-coordinator: cluster.zones',
    },
    {
      what: 'The coordinator of eu would have 4 (etcd1, etcd2, etcd3, etcd4), and coordinatorMembers says 3.',
      remedy: 'Put 3 of etcd1, etcd2, etcd3, etcd4, etcd5, etcd6 into the zones of eu.',
      where: 'region-without-coordinator: cluster.zones.eu-a',
    },
    {
      what: 'The coordinator of us would have 1 (etcd5), and coordinatorMembers says 3.',
      remedy: 'Put 3 of etcd1, etcd2, etcd3, etcd4, etcd5, etcd6 into the zones of us.',
      where: 'region-without-coordinator: cluster.zones.us-a',
    },
  ]);
});

test('more members than there are addresses for are refused', () => {
  const zones = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`z${index}`, { region: `r${index}`, members: ['n1'] }]),
  );
  expect(problemsWith({ zones, coordinatorMembers: 7 }).map(({ what }) => what)).toContain(
    '8 coordinators of 7 members are 56 members in all; 50 is the most.',
  );
});
