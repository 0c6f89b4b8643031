/**
 * When k6 did not come to a request in time. It tells how many in all; when, follows from its schedule, which is fixed,
 * and from what it began: requests that were begun late lag for a while, dropped ones are never made up for. Pure.
 */
import type { LoadRate } from '../core/load-rate.ts';
import type { RunNs } from '../core/time.ts';
import { NS_PER_S } from '../core/time.ts';

export interface K6Schedule {
  readonly rate: LoadRate;
  /** Of the start. */
  readonly requestsPerSecond: number;
}

/**
 * Requests not begun in each second of a node's load, counted from its start; their sum is `dropped`.
 *
 * @param begun when each request was begun, since that start, in any order
 */
export function dropsBySecond(
  { rate, requestsPerSecond }: K6Schedule,
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
    return Math.floor((rate.even(end) / NS_PER_S) * requestsPerSecond) - total;
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
