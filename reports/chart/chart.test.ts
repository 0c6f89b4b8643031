import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linePath, rebin, stepArea, thin } from './path.ts';
import type { Point } from './path.ts';
import { depth, overlap, packRows, union } from './rows.ts';
import { linear, symlog } from './scale.ts';
import { roundStep, symlogTicks, ticks } from './ticks.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test('a linear scale maps the ends to 0 and size, and an empty domain to 0', () => {
  const scale = linear(20, 60, 100);
  expect([scale(20), scale(40), scale(60)]).toEqual([0, 50, 100]);
  expect(linear(5, 5, 100)(5)).toBe(0);
});

test('a symlog scale keeps the order and shows both milliseconds and tens of seconds', () => {
  const scale = symlog(-10_000, 10_000, 200, 10);
  expect(scale(0)).toBeCloseTo(100);
  expect(scale(10) - scale(0)).toBeGreaterThan(5);
  expect(scale(10_000) - scale(3000)).toBeGreaterThan(5);
  fc.assert(fc.property(value, value, (a, b) => a === b || scale(Math.min(a, b)) <= scale(Math.max(a, b))));
});

test('ticks are round, within the domain, and no more than asked for', () => {
  expect(ticks(0, 81.9, 12)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  expect(ticks(0.1, 0.5, 5)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(ticks(3, 3, 5)).toEqual([]);
  expect(roundStep(11)).toBe(20);
  fc.assert(
    fc.property(
      value,
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 20 }),
      (from, extent, max) => {
        const found = ticks(from, from + extent, max);
        expect(found.length).toBeLessThanOrEqual(max + 1);
        for (const tick of found) expect(tick).toBeGreaterThanOrEqual(from - extent * 1e-6);
      },
    ),
  );
});

test('the ticks of a symlog axis are zero and the decades on both sides', () => {
  expect(symlogTicks(-5000, 18_000, 10)).toEqual([-1000, -100, -10, 0, 10, 100, 1000, 10_000]);
});

test('a line breaks where nothing was measured, and a lone point is still seen', () => {
  expect(
    linePath([
      [0, 1],
      [1, 2],
      [2, null],
      [3, 4],
      [4, null],
      [5, 6],
      [6, 7],
    ]),
  ).toBe('M0 1L1 2M3 4h0M5 6L6 7');
});

test('bars that touch become one outline', () => {
  expect(
    stepArea(
      [1, 1, 3],
      (i) => i * 10,
      (height) => 10 - height,
      10,
    ),
  ).toBe('M0 10V9H20V7H30V10Z');
  expect(
    stepArea(
      [],
      (i) => i,
      (height) => height,
      10,
    ),
  ).toBe('');
});

test('thinning keeps extremes and gaps', () => {
  const points: Point[] = Array.from({ length: 100_000 }, (_, i) => [
    i,
    i === 70_001 ? -9 : i === 500 ? null : Math.sin(i),
  ]);
  const kept = thin(points, 0, 100_000, 100);
  expect(kept.length).toBeLessThan(600);
  expect(kept).toContainEqual([70_001, -9]);
  expect(kept).toContainEqual([500, null]);
  expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
});

test('rebinning keeps the mean', () => {
  expect(rebin([1, 3, 5, 7, 9], 3)).toEqual({ values: [2, 6, 9], width: 2 });
  expect(rebin([1, 2], 3)).toEqual({ values: [1, 2], width: 1 });
});

test('spans of one row never meet', () => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 100 }))
    .map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), (spans) => {
      const rows = packRows(spans);
      for (const [i, a] of spans.entries())
        for (const [j, b] of spans.entries()) if (i < j && rows[i] === rows[j]) expect(overlap(a, b)).toBeUndefined();
    }),
  );
});

test('the union of spans covers each moment once, and their depth is how many are in force together', () => {
  const spans = [
    { from: 5, to: 9 },
    { from: 0, to: 4 },
    { from: 1, to: 3 },
    { from: 2, to: 5 },
    { from: 12, to: 13 },
  ];
  expect(union(spans)).toEqual([
    { from: 0, to: 9 },
    { from: 12, to: 13 },
  ]);
  expect(depth(spans)).toBe(3);
  expect([union([]), depth([])]).toEqual([[], 0]);
});
