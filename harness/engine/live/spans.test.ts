import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Span } from './spans.ts';
import { Spans } from './spans.ts';

const span = fc
  .tuple(fc.bigInt({ min: 0n, max: 60n }), fc.bigInt({ min: 0n, max: 8n }))
  .map(([low, length]): Span => ({ low, high: low + length }));

const numbersOf = (spans: readonly Span[]): Set<bigint> => {
  const numbers = new Set<bigint>();
  for (const { low, high } of spans) for (let each = low; each <= high; each++) numbers.add(each);
  return numbers;
};

test('tells exactly where a span meets those before it', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 40 }), (list) => {
      const spans = new Spans();
      const taken = new Set<bigint>();
      for (const each of list) {
        const both = new Set([...numbersOf([each])].filter((number) => taken.has(number)));
        expect(numbersOf(spans.add(each))).toEqual(both);
        for (const number of numbersOf([each])) taken.add(number);
      }
    }),
  );
});

test('a line that goes on stays one interval, and what lies between its parts counts as taken', () => {
  const spans = new Spans();
  expect(spans.add({ low: 0n, high: 10n })).toEqual([]);
  expect(spans.add({ low: 20n, high: 30n }, 10n)).toEqual([]);
  expect(spans.length).toBe(1);
  expect(spans.add({ low: 15n, high: 15n })).toEqual([{ low: 15n, high: 15n }]);
  expect(spans.add({ low: 40n, high: 50n }, 12n)).toEqual([]);
  expect(spans.length).toBe(2);
});

test('never misses a meeting, however many intervals there are', () => {
  const spans = new Spans();
  for (let each = 0n; each < 30_000n; each++) expect(spans.add({ low: 3n * each, high: 3n * each })).toHaveLength(0);
  expect(spans.length).toBeLessThanOrEqual(20_000);
  for (const each of [0n, 1n, 15_000n, 29_999n])
    expect(spans.add({ low: 3n * each, high: 3n * each })).toEqual([{ low: 3n * each, high: 3n * each }]);
}, 20_000);
