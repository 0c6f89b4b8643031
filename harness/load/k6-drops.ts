/**
 * When k6 did not come to a request in time. It tells how many in all; when, follows from its schedule, which is fixed,
 * and from what it began: requests that were begun late lag for a while, dropped ones are never made up for. Those that
 * it neither began nor counts as dropped are missing. Pure.
 */
import type { LoadRate } from '../core/load-rate.ts';
import { loadRate } from '../core/load-rate.ts';
import type { RunNs } from '../core/time.ts';
import { NS_PER_S } from '../core/time.ts';
import type { K6Plan } from './k6-plan.ts';

export interface K6Schedule {
  readonly rate: LoadRate;
  /** Of the start. */
  readonly requestsPerSecond: number;
}

/** As the plan has it: k6 takes whole requests a minute. */
export function scheduleOf({ perMinute, stages }: Pick<K6Plan, 'perMinute' | 'stages'>): K6Schedule {
  let atMs = 0;
  const ramp = stages.map((stage) => ({ atMs: (atMs += stage.durationMs), idsPerSecond: stage.perMinute }));
  return { rate: loadRate({ idsPerSecond: perMinute, ramp }), requestsPerSecond: perMinute / 60 };
}

/** Requests that are due within so much time from the start of the load. */
export function dueWithin({ rate, requestsPerSecond }: K6Schedule, lastedNs: RunNs): number {
  return Math.floor((rate.even(Math.max(0, lastedNs)) / NS_PER_S) * requestsPerSecond);
}

/**
 * Requests not begun in each second of a node's load, counted from its start; their sum is `dropped`.
 *
 * @param begun when each request was begun, since that start, in any order
 */
export function dropsBySecond(
  schedule: K6Schedule,
  begun: readonly RunNs[],
  dropped: number,
  lastedNs: RunNs,
): readonly number[] {
  const seconds = Math.max(1, Math.ceil(lastedNs / NS_PER_S));
  const begunIn = new Array<number>(seconds).fill(0);
  for (const at of begun) begunIn[Math.min(seconds - 1, Math.max(0, Math.floor(at / NS_PER_S)))]!++;
  let total = 0;
  const lag = begunIn.map((count, second) => {
    total += count;
    const end = Math.min(lastedNs, (second + 1) * NS_PER_S);
    return dueWithin(schedule, end) - total;
  });
  // What is still behind at every later moment was never made up for.
  let least = dropped;
  const lost = lag.map(() => 0);
  for (let second = seconds - 1; second >= 0; second--) {
    least = Math.max(0, Math.min(least, second === seconds - 1 ? dropped : lag[second]!));
    lost[second] = least;
  }
  return lost.map((until, second) => until - (lost[second - 1] ?? 0));
}

/**
 * Requests that were begun more than `lateNs` after their moment in the schedule, at the least: the first is taken for one
 * in time, and what was dropped in a second for what was due before all that was begun in it.
 *
 * @param begun as with `dropsBySecond`, which gives `drops`
 */
export function begunLate(
  { rate, requestsPerSecond }: K6Schedule,
  begun: readonly RunNs[],
  drops: readonly number[],
  lateNs: RunNs,
): number {
  let [late, dropped, second] = [0, 0, 0];
  for (const [k, at] of [...begun].sort((a, b) => a - b).entries()) {
    for (; second < drops.length && second * NS_PER_S <= at; second++) dropped += drops[second]!;
    if (at - rate.moment(((k + dropped) / requestsPerSecond) * NS_PER_S) > lateNs) late++;
  }
  return late;
}
