import { expect, test } from 'vitest';
import type { Mutant } from '../core/generator.ts';
import { driverProblems } from './driver-problems.ts';

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
