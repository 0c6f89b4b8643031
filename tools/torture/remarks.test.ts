import { expect, test } from 'vitest';
import { remarks } from './remarks.ts';
import type { Trial } from './trial.ts';

const trial = (generator: string, more: Partial<Trial> = {}): Trial => ({
  generator,
  seed: '1',
  verdict: 'pass',
  broken: [],
  doubts: [],
  ...more,
});

test('who did what, with its counts and rates', () => {
  const counted = { 'at full load': 1 };
  expect(
    remarks([
      trial('a', { counted, idsPerSecond: [1e6] }),
      trial('a', { counted: { 'at full load': 0 }, idsPerSecond: [5e5] }),
      trial('b', { verdict: 'unknown', doubts: ['not run: no namespaces'] }),
      trial('c', { verdict: 'fail', broken: ['unique'], seed: '7' }),
    ]),
  ).toBe(
    'a: 2 runs, 1 at full load, 0.50 to 1.00 million IDs/s at the moments of the kills, median 1.00; ' +
      'b: 1 runs, 1 unknown (not run: no namespaces; first seed 1); c: 1 runs, 1 failed (unique 1; first seed 7)',
  );
});

test('of many only those that did not pass are named, and what was counted of the others is told', () => {
  const many = Array.from({ length: 20 }, (_, index) =>
    trial(`t${index}`, { counted: { 'without a third proof': 1 } }),
  );
  expect(remarks([...many, trial('no mutant through x', { verdict: 'fail', broken: ['none'] })])).toBe(
    'no mutant through x: 1 runs, 1 failed (none 1; first seed 1); ' +
      '20 more, each of which passed, 20 without a third proof',
  );
});
