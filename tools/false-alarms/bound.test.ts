import fc from 'fast-check';
import { expect, test } from 'vitest';
import { upperBound } from './bound.ts';

test.each([
  // From tables of the exact interval (one-sided, 95 %).
  [0, 10, 0.2589],
  [1, 10, 0.3942],
  [2, 20, 0.2826],
  [5, 100, 0.1023],
  [0, 1000, 0.002991],
])('%i seen in %i: at most %f', (seen, tries, bound) => {
  expect(upperBound(seen, tries)).toBeCloseTo(bound, 4);
});

test('where none was seen it is about three in the number of tries, and exactly 1 − 0.05^(1/n)', () => {
  for (const tries of [1, 30, 3000, 1_000_000]) {
    expect(upperBound(0, tries)).toBeCloseTo(1 - 0.05 ** (1 / tries), 10);
    if (tries > 1) expect(upperBound(0, tries) / (3 / tries)).toBeGreaterThan(0.9);
  }
});

test('without a try, or where all were seen, nothing is excluded', () => {
  expect(upperBound(0, 0)).toBe(1);
  expect(upperBound(7, 7)).toBe(1);
});

test('counts that cannot be are refused', () => {
  for (const [seen, tries] of [
    [-1, 5],
    [6, 5],
    [0.5, 5],
    [0, Number.NaN],
  ] as const)
    expect(() => upperBound(seen, tries)).toThrow(RangeError);
});

test('law: it lies above the share that was seen, falls with tries and rises with what is seen', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20_000 }), (seen, others) => {
      const tries = seen + others;
      const bound = upperBound(seen, tries);
      expect(bound).toBeGreaterThan(seen / tries);
      expect(upperBound(seen, tries + 1)).toBeLessThanOrEqual(bound);
      expect(upperBound(seen + 1, tries)).toBeGreaterThan(bound - 1e-12);
    }),
  );
});
