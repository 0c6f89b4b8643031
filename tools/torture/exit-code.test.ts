import { expect, test } from 'vitest';
import type { Verdict } from '../../harness/core/verdict.ts';
import { exitCodeOf } from './exit-code.ts';

test.each<[readonly Verdict[], boolean, number]>([
  [['pass', 'pass'], false, 0],
  [['pass', 'unknown'], false, 0],
  [['pass', 'fail'], false, 1],
  [['unknown', 'fail'], false, 1],
  [['unknown', 'unknown'], false, 12],
  [[], false, 12],
  [['fail', 'pass'], true, 0],
  [['unknown'], true, 12],
])('repetitions that came to %j, where fails are counted: %j, end with %i', (verdicts, failsCount, code) => {
  expect(
    exitCodeOf(
      verdicts.map((verdict) => ({ verdict })),
      failsCount,
    ),
  ).toBe(code);
});
