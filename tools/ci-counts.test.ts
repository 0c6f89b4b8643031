import { expect, test } from 'vitest';
import { countsOf } from './ci-counts.ts';
import type { VitestReport } from './ci-counts.ts';

const green: VitestReport = {
  numTotalTests: 3,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  success: true,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [1, 2, 3] }],
};

test('all passed', () => {
  expect(countsOf(green)).toEqual({ lines: ['1 files, 3 tests, 0 left out', '3 passed, 0 failed'], good: true });
});

test.each<[string, Partial<VitestReport>, string]>([
  ['one that failed', { numPassedTests: 2, numFailedTests: 1, success: false }, '2 passed, 1 failed'],
  ['one left out', { numPassedTests: 2, numPendingTests: 1 }, '2 passed, 0 failed'],
  ['none at all', { numTotalTests: 0, numPassedTests: 0, testResults: [] }, '0 passed, 0 failed'],
  [
    'a file that could not be loaded',
    {
      success: false,
      testResults: [...green.testResults, { name: 'b.test.ts', status: 'failed', assertionResults: [] }],
    },
    '3 passed, 1 failed',
  ],
])('%s is not good', (_, change, last) => {
  const counts = countsOf({ ...green, ...change });
  expect(counts.good).toBe(false);
  expect(counts.lines.at(-1)).toBe(last);
});
