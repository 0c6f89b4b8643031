import { describe, expect, test } from 'vitest';
import { coordinatorMembersOf } from '../core/coordinators.ts';
import { loadGenerator, loadParts, loadScenario, validateScenario } from '../registry.ts';
import { coordinatorProblems, scenarioProblems } from './preflight.ts';

const parts = await loadParts();
const [storm, stalls] = await Promise.all([loadScenario('storm'), loadScenario('segment-database-stalls')]);
const [snowflake, segment] = await Promise.all([loadGenerator('snowflake'), loadGenerator('segment')]);

test('members are called by their kind', () => {
  expect(coordinatorMembersOf(storm.cluster)).toEqual(['etcd1', 'etcd2', 'etcd3']);
  expect(coordinatorMembersOf(stalls.cluster)).toEqual(['pg1']);
});

test('a generator and a scenario with different coordinators are refused, and told what would fit', () => {
  expect(coordinatorProblems(storm, snowflake.generator)).toEqual([]);
  expect(coordinatorProblems(stalls, segment.generator)).toEqual([]);
  expect(coordinatorProblems(storm, segment.generator)).toMatchObject([
    { what: 'The generator segment needs postgres, and the cluster of the scenario has etcd.' },
  ]);
  expect(coordinatorProblems(stalls, snowflake.generator)).toMatchObject([
    { what: 'The generator snowflake needs etcd, and the cluster of the scenario has postgres.' },
  ]);
});

test('one database has one server, and no fault can name a member that it has not', () => {
  const told = (scenario: typeof stalls): readonly string[] =>
    scenarioProblems(scenario, parts).map(({ what }) => what);
  expect(told(stalls)).toEqual([]);
  expect(told({ ...stalls, cluster: { ...stalls.cluster, coordinatorMembers: 3 } })).toContain(
    'The cluster has 3 members of postgres, which can have 1 at the most.',
  );
  const slots = [
    {
      name: 'slot',
      lengthMs: 2000,
      disturbances: [{ fault: 'etcd-member-kill', options: { member: 'etcd1' }, atMs: 0, forMs: 1000 }],
    },
  ];
  expect(told({ ...stalls, timetable: { ...stalls.timetable, slots } })).toEqual([
    'etcd-member-kill names etcd1, and there is no such coordinator member in the cluster.',
  ]);
});

test('what only etcd has is not done to another coordinator, and what every coordinator has is', () => {
  const refused = [...parts.faults.values()].filter((fault) => {
    const options = JSON.parse(JSON.stringify(fault.example).replaceAll('etcd1', 'pg1')) as typeof fault.example;
    const disturbances = [{ fault: fault.name, options, atMs: 0, forMs: 30_000 }];
    const slots = [{ name: 'slot', lengthMs: 60_000, disturbances }];
    return scenarioProblems({ ...stalls, timetable: { ...stalls.timetable, slots } }, parts).some(({ what }) =>
      what.includes('It is for clusters with etcd, and this one has postgres.'),
    );
  });
  expect(refused.map(({ name }) => name).toSorted()).toEqual([
    'etcd-restore-snapshot',
    'lease-expire',
    'start-at-once',
  ]);
});

describe('a cluster without a coordinator', () => {
  const told = (cluster: Partial<typeof storm.cluster>, disturbed: object = {}, hazards: typeof storm.hazards = []) => {
    const disturbances = [{ fault: 'kill', options: { node: 'n1' }, atMs: 0, forMs: 1000, ...disturbed }];
    return scenarioProblems(
      {
        ...storm,
        cluster: { ...storm.cluster, coordinatorMembers: 0, ...cluster },
        timetable: { order: 'given', slots: [{ name: 'slot', lengthMs: 2000, disturbances }] },
        hazards,
      },
      parts,
    ).map(({ what }) => what);
  };

  test('is a cluster, and all that disturbs nodes can be done to it', () => {
    expect(told({})).toEqual([]);
    expect(
      told({ zones: { a: { region: 'eu', members: ['n1'] } } }, { fault: 'zone-down', options: { zone: 'a' } }),
    ).toEqual([]);
  });

  test.each(['coordinator', 'coordinatorPerRegion', 'simulated'] as const)(
    'has nothing to say in cluster.%s',
    (field) => {
      const value = { coordinator: 'etcd', coordinatorPerRegion: true, simulated: { revokesEarly: true } }[field];
      const zones = { a: { region: 'eu', members: storm.cluster.nodes === 4 ? ['n1', 'n2', 'n3', 'n4'] : [] } };
      expect(told({ [field]: value, zones })).toEqual([
        `The cluster has no coordinator (coordinatorMembers: 0), and cluster.${field} says something of one.`,
      ]);
    },
  );

  test('has no member that a fault could name', () => {
    expect(told({}, { fault: 'cut-pair', options: { one: 'n1', other: 'etcd1' } })).toEqual([
      'cut-pair names etcd1, and there is no such member in the cluster, which has no coordinator.',
    ]);
  });

  test.each([{ signal: 'lease-spent', node: 'n1', percent: 50 }, { signal: 'worker-id-changed-hands' }])(
    'never sends the signal $signal',
    (when) => {
      expect(told({}, { when })).toEqual([
        `kill waits for ${when.signal}: it tells of worker IDs leased from etcd, and the cluster has no coordinator.`,
      ]);
    },
  );

  test('reaches no state that a coordinator is part of', () => {
    const unreached = [...parts.hazards.keys()].filter((hazard) =>
      told({}, {}, [{ hazard, options: {} }]).some((what) => what.startsWith(`${hazard} cannot come about here.`)),
    );
    expect(unreached.toSorted()).toEqual([
      'minted-ahead-and-lost-coordinator',
      'minted-anew-while-others-lost-coordinator',
      'reused-at-once-with-clock-behind',
      'worker-id-changed-hands-while-holder-lived',
    ]);
  });
});

test('a coordinator that nobody knows is no scenario', () => {
  expect(() => validateScenario({ ...stalls, cluster: { ...stalls.cluster, coordinator: 'zookeeper' } }, 'x')).toThrow(
    /coordinator/,
  );
});
