import { expect, test } from 'vitest';
import { loadRate } from '../core/load-rate.ts';
import { NS_PER_S } from '../core/time.ts';
import { dropsBySecond } from './k6-drops.ts';

const even = { rate: loadRate({ idsPerSecond: 1 }), requestsPerSecond: 10 };
/** The k-th tick of ten a second. */
const ticks = (count: number) => Array.from({ length: count }, (_, k) => (k * NS_PER_S) / 10);
const seconds = (at: number) => at / NS_PER_S;

test('requests that were never begun are told in the seconds in which they were due', () => {
  const begun = ticks(60).filter((at) => seconds(at) < 2 || seconds(at) >= 4);
  expect(dropsBySecond(even, begun, 20, 6 * NS_PER_S)).toEqual([0, 0, 10, 10, 0, 0]);
});

test('requests that were begun late were not dropped', () => {
  const late = ticks(60).map((at) => (seconds(at) >= 2 && seconds(at) < 3 ? at + 1.5 * NS_PER_S : at));
  expect(dropsBySecond(even, late, 0, 6 * NS_PER_S)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('what k6 counted is what is told, whatever the schedule says', () => {
  expect(dropsBySecond(even, ticks(30), 7, 3 * NS_PER_S)).toEqual([0, 0, 7]);
  expect(dropsBySecond(even, [], 3, 2 * NS_PER_S)).toEqual([3, 0]);
});

test('of a ramp, as it was due', () => {
  const rate = loadRate({ idsPerSecond: 1, ramp: [{ atMs: 2000, idsPerSecond: 3 }] });
  // 15 and 25 in the two seconds of the ramp, 30 in the third: nothing was begun after the first.
  const begun = Array.from({ length: 15 }, (_, k) => rate.moment((k * NS_PER_S) / 10));
  expect(dropsBySecond({ rate, requestsPerSecond: 10 }, begun, 55, 3 * NS_PER_S)).toEqual([0, 25, 30]);
});
