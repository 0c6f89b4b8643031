import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../core/random.ts';
import { REQUEST_IDS_MAX } from '../core/request-size.ts';
import { batchSizes } from './batch-sizes.ts';

const batch = fc
  .record({
    min: fc.integer({ min: 1, max: 50 }),
    range: fc.integer({ min: 0, max: 600 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ min, range, part }) => ({ min, max: min + range, mean: min + range * part }));

test('sizes are whole, within [min, max], and have the stated mean', () => {
  fc.assert(
    fc.property(batch, fc.integer(), (size, seed) => {
      const next = batchSizes(size, createRng(seed));
      const draws = 4000;
      let sum = 0;
      let inRange = true;
      for (let i = 0; i < draws; i++) {
        const drawn = next();
        inRange &&= Number.isInteger(drawn) && drawn >= size.min && drawn <= size.max;
        sum += drawn;
      }
      expect(inRange).toBe(true);
      // The deviation of one draw is at most half the range: five of the mean's deviations never happen by chance.
      const allowed = (5 * (size.max - size.min)) / 2 / Math.sqrt(draws);
      expect(Math.abs(sum / draws - size.mean)).toBeLessThanOrEqual(allowed + 1e-9);
    }),
    { numRuns: 60 },
  );
});

test('a mean in the middle of a short range is met although the tail is cut', () => {
  const next = batchSizes({ min: 1, max: 3, mean: 2 }, createRng('cut'));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[next()]!++;
  expect((counts[1]! + 2 * counts[2]! + 3 * counts[3]!) / 30_000).toBeCloseTo(2, 1);
  expect(Math.min(...counts.slice(1))).toBeGreaterThan(5000);
});

test('the widest range that a scenario may state is drawn from at once', () => {
  const began = process.cpuUsage();
  const next = batchSizes({ min: 1, max: REQUEST_IDS_MAX, mean: 2 }, createRng('wide'));
  expect(next()).toBeGreaterThanOrEqual(1);
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
});
