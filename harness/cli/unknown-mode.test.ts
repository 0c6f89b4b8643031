import { expect, test } from 'vitest';
import type { Run } from '../core/run.ts';
import { unknownMode, unknownWarning, worstExit } from './unknown-mode.ts';

const run = (exitCode: number, name = 'storm'): Run => ({ exitCode, scenario: { name } }) as Run;
const FAIL = unknownMode();
const WARN = unknownMode('warn');

test('an unknown fails the command unless somebody says otherwise', () => {
  expect(FAIL).toEqual({ attempts: 1, warns: false });
  expect(worstExit([run(0), run(12)], FAIL)).toBe(12);
  expect(worstExit([run(0), run(12)], unknownMode('retry=2'))).toBe(12);
});

test('retries are counted on top of the first attempt', () => {
  expect(unknownMode('retry=1').attempts).toBe(2);
  expect(unknownMode('retry=5').attempts).toBe(6);
});

test.each(['retry', 'retry=0', 'retry=6', 'retry=-1', 'retry=1.5', 'retry=', 'pass', ''])('"%s" is refused', (text) => {
  expect(() => unknownMode(text)).toThrow(/is no way to take an unknown.*from 1 to 5/);
});

test('with warn an unknown is told in words, and what failed beside it still fails', () => {
  const runs = [run(0), run(12, 'cut')];
  expect(worstExit(runs, WARN)).toBe(0);
  expect(unknownWarning(runs, WARN)).toMatch(/unknown, 1 scenario of 2 \(cut\)/);
  expect(worstExit([run(12), run(10)], WARN)).toBe(10);
  expect(worstExit([run(12), run(11)], WARN)).toBe(11);
  expect(unknownWarning([run(0)], WARN)).toBeUndefined();
  expect(unknownWarning(runs, FAIL)).toBeUndefined();
});
