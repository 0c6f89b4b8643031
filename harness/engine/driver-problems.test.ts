import { expect, test } from 'vitest';
import type { Mutant } from '../core/generator.ts';
import type { Scenario } from '../core/scenario.ts';
import { loadDriver, loadFaults, loadGenerator, loadScenario } from '../registry.ts';
import { driverProblems, machineProblems, missingCoordinator } from './driver-problems.ts';

const BUG = { breaks: ['unique'], because: 'threads raced for one sequence', shownBy: ['storm'] } satisfies Mutant;
const sim = { name: 'sim', inProcess: true } as const;

test('a bug that only real processes show is refused where there are none', () => {
  const races = { name: 'races', mutant: { ...BUG, real: true } } as const;
  expect(driverProblems(races, sim)).toEqual([
    {
      what: 'races needs real processes, and the driver sim has none: it cannot show this bug.',
      remedy: 'Take local or docker with --driver.',
    },
  ]);
  expect(driverProblems(races, { name: 'local' })).toEqual([]);
});

test('any other generator may run anywhere', () => {
  expect(driverProblems({ name: 'honest' }, sim)).toEqual([]);
  expect(driverProblems({ name: 'resets', mutant: BUG }, sim)).toEqual([]);
});

test('a coordinator that the driver cannot start here is refused with how to mend it', () => {
  const lacking = { what: 'PostgreSQL is not installed.', remedy: 'Install it.' };
  const readiness = { lacksCoordinators: new Map([['postgres', lacking] as const]) };
  const scenario = (cluster: object) => ({ name: 'mine', cluster: cluster as Scenario['cluster'] });
  expect(missingCoordinator(scenario({ coordinator: 'postgres' }), readiness)).toEqual([{ ...lacking, where: 'mine' }]);
  expect(missingCoordinator(scenario({ coordinator: 'postgres' }), {})).toEqual([]);
  expect(missingCoordinator(scenario({}), readiness)).toEqual([]);
});

test('whoever has no coordinator misses none', () => {
  const readiness = {
    lacksCoordinators: new Map([['etcd', { what: 'etcd is not installed.', remedy: 'Install it.' }]] as const),
  };
  const scenario = (coordinatorMembers: number) => ({
    name: 'mine',
    cluster: { coordinatorMembers } as Scenario['cluster'],
  });
  expect(missingCoordinator(scenario(1), readiness)).toHaveLength(1);
  expect(missingCoordinator(scenario(0), readiness)).toEqual([]);
});

test('all that keeps a driver from a run here is told at once', async () => {
  const [scenario, faults, driver, { generator }] = await Promise.all([
    loadScenario('storm'),
    loadFaults(),
    loadDriver('sim'),
    loadGenerator('snowflake'),
  ]);
  const races = { ...generator, mutant: { ...BUG, real: true } } as const;
  const none = { what: 'etcd is not installed.', remedy: 'Install it.' };
  const nothing = {
    problems: [],
    abilities: new Set<never>(),
    notes: [],
    lacksCoordinators: new Map([['etcd', none]] as const),
  };
  const told = machineProblems(scenario, races, faults, { driver, readiness: nothing }).map(({ what }) => what);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^The driver sim cannot .* and the fault \S+ needs it\.$/) as unknown,
      expect.stringContaining('needs real processes') as unknown,
      none.what,
    ]),
  );
  expect(machineProblems(scenario, generator, faults, { driver, readiness: await driver.readiness() })).toEqual([]);
});
