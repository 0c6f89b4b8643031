import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadRate } from './load-rate.ts';
import { msToNs } from './time.ts';

const ramps = fc
  .array(
    fc.record({ gapMs: fc.integer({ min: 1, max: 60_000 }), idsPerSecond: fc.integer({ min: 1, max: 100_000 }) }),
    {
      maxLength: 5,
    },
  )
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ gapMs, idsPerSecond }) => ({ atMs: (atMs += gapMs), idsPerSecond }));
  });

test('without a ramp time is what it is', () => {
  const rate = loadRate({ idsPerSecond: 500 });
  expect(rate.peak).toBe(1);
  for (const at of [0, 1, 12_345_678_901]) expect([rate.even(at), rate.moment(at)]).toEqual([at, at]);
});

test('what is due grows in straight lines of the rate, and stays at that of the last point', () => {
  const rate = loadRate({
    idsPerSecond: 100,
    ramp: [
      { atMs: 1000, idsPerSecond: 300 },
      { atMs: 3000, idsPerSecond: 50 },
    ],
  });
  expect(rate.peak).toBe(3);
  const dueAfter = (ms: number) => rate.even(msToNs(ms)) / 1e9;
  expect(dueAfter(1000)).toBeCloseTo(2);
  expect(dueAfter(3000)).toBeCloseTo(2 + 2 * 1.75);
  expect(dueAfter(5000)).toBeCloseTo(2 + 2 * 1.75 + 2 * 0.5);
});

test('the moment by which so much is due is the inverse', () => {
  fc.assert(
    fc.property(ramps, fc.integer({ min: 0, max: 200_000 }), (ramp, ms) => {
      const rate = loadRate({ idsPerSecond: 100, ramp });
      const at = msToNs(ms);
      // Within a microsecond and what a double holds of the time.
      expect(Math.abs(rate.moment(rate.even(at)) - at)).toBeLessThan(1000 + at * 1e-9);
    }),
  );
});
