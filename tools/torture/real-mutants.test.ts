import { expect, test } from 'vitest';
import type { Generator } from '../../harness/core/generator.ts';
import type { Lab, LabRun } from '../lab.ts';
import { catchReal } from './real-mutants.ts';
import type { Trial } from './trial.ts';

const MUTANT = { breaks: ['unique'], because: 'threads raced for one sequence', shownBy: ['one', 'two'] } as const;
const generators = [
  { name: 'honest' },
  { name: 'simulated', mutant: MUTANT },
  { name: 'races', mutant: { ...MUTANT, real: true } },
] as unknown as readonly Generator[];

/** Caught in the first scenario only. */
const lab: Lab = {
  run: ({ generator, scenario, seed }) =>
    Promise.resolve({
      generator,
      seed,
      verdict: scenario === 'one' ? 'fail' : 'pass',
      broken: scenario === 'one' ? ['unique'] : [],
      causes: scenario === 'one' ? { unique: ['threads raced for one sequence'] } : {},
      doubts: [],
    } as unknown as LabRun),
};

test('each real mutant goes through each of its scenarios, and a run that does not catch it is no pass', async () => {
  const trials: Trial[] = [];
  for await (const trial of catchReal(lab, 'local', generators, [1, 2])) trials.push(trial);
  expect(trials.map(({ generator, seed, verdict, broken }) => [generator, seed, verdict, ...broken])).toEqual([
    ['races through one', '1', 'pass'],
    ['races through one', '2', 'pass'],
    ['races through two', '1', 'fail', 'not caught'],
    ['races through two', '2', 'fail', 'not caught'],
  ]);
});
