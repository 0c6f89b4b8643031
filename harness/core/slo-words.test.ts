import { expect, test } from 'vitest';
import { percentileOf } from './percentile.ts';
import { figureText, objectiveText, whereText } from './slo-words.ts';

test('figures have their unit, and digits enough to tell nines apart', () => {
  expect(figureText('ms', 12.3456)).toBe('12.35 ms');
  expect(figureText('s', 0.5)).toBe('0.5 s');
  expect(figureText('ratio', 0.99999)).toBe('99.999 %');
  expect(figureText('ratio', 0.000009986)).toBe('0.0009986 %');
  expect(figureText('ratio', 1)).toBe('100 %');
  expect(figureText('ratio', 1.003065)).toBe('100.3 %');
  expect(figureText('ids/s', 4812.4)).toBe('4,812 IDs/s');
  expect(figureText('count', 3)).toBe('3');
});

test('objectives and parts of a run in words', () => {
  expect(objectiveText('ms', { atMost: 500 })).toBe('at most 500 ms');
  expect(objectiveText('count', { atMost: 0 })).toBe('at most 0');
  expect(objectiveText('ratio', { atLeast: 0.99 })).toBe('at least 99 %');
  expect(whereText({ disturbance: 'zombie' })).toBe('while zombie was in force');
  expect(whereText('recover')).toBe('after the last heal');
});

test('a percentile is the value of its nearest rank', () => {
  const values = Float64Array.from({ length: 1000 }, (_, index) => index + 1);
  expect([0.05, 50, 99, 99.9, 99.95, 100].map((percent) => percentileOf(values, percent))).toEqual([
    1, 500, 990, 999, 1000, 1000,
  ]);
  expect(percentileOf(Float64Array.of(7), 1)).toBe(7);
  // With a thousand more above them.
  expect([1, 50, 50.1].map((percent) => percentileOf(values, percent, 1000))).toEqual([20, 1000, Infinity]);
});
