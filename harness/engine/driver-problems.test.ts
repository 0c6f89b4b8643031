import { expect, test } from 'vitest';
import type { Mutant } from '../core/generator.ts';
import type { Scenario } from '../core/scenario.ts';
import { driverProblems, missingCoordinator } from './driver-problems.ts';

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
