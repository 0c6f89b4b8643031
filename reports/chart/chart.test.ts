import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linePath, rebin, stepArea, thin } from './path.ts';
import type { Point } from './path.ts';
import { depth, overlap, packRows, union } from './rows.ts';

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
  ).toBe('M0,1L1,2M3,4ZM5,6L6,7');
});

test('bars that touch become one outline', () => {
  expect(
    stepArea(
      [1, 1, 3],
      (i) => i * 10,
      (height) => 10 - height,
      10,
    ),
  ).toBe('M0,10L0,10L0,9L20,9L20,7L30,7L30,10Z');
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
