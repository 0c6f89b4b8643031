import { describe, expect, test } from 'vitest';
import { loadRate } from '../core/load-rate.ts';
import { NS_PER_S } from '../core/time.ts';
import { begunLate, dropsBySecond, dueWithin, scheduleOf } from './k6-drops.ts';

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

describe('what was begun late', () => {
  const late = (begun: readonly number[], dropped = 0): number =>
    begunLate(even, begun, dropsBySecond(even, begun, dropped, 6 * NS_PER_S), NS_PER_S / 10);

  test('is none of what keeps its schedule', () => {
    expect(late(ticks(60))).toBe(0);
    expect(late([])).toBe(0);
  });

  test('is what a client that stood still made up for at once', () => {
    const burst = ticks(60).map((at) => (seconds(at) >= 2 && seconds(at) < 4 ? 4 * NS_PER_S : at));
    // But for the last tick, which was a tenth of a second late, and no more.
    expect(late(burst)).toBe(19);
  });

  test('is not what comes after others that were dropped', () => {
    const begun = ticks(60).filter((at) => seconds(at) < 2 || seconds(at) >= 4);
    expect(late(begun, 20)).toBe(0);
    expect(late(begun)).toBe(20);
  });
});

test('the schedule is that of the plan, in straight lines from point to point', () => {
  const schedule = scheduleOf({ perMinute: 600, stages: [{ durationMs: 2000, perMinute: 1800 }] });
  expect([1, 2, 3].map((second) => dueWithin(schedule, second * NS_PER_S))).toEqual([15, 40, 70]);
  expect(dueWithin(scheduleOf({ perMinute: 90, stages: [] }), 4 * NS_PER_S)).toBe(6);
});
