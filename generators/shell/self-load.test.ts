import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Outcome } from './lane.ts';
import { startSelfLoad } from './self-load.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINTED: Outcome = { kind: 'minted', firstSeq: 0n, ids: new BigUint64Array() };

/** A lane that answers as told, and the sizes that it was asked for. */
function started(idsPerSecond: number, answer: () => Outcome): readonly number[] {
  const asked: number[] = [];
  const lane = {
    mint: (count: number, done: (outcome: Outcome) => void) => {
      asked.push(count);
      done(answer());
    },
  };
  startSelfLoad(lane, idsPerSecond, () => Date.now() / 1000);
  return asked;
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

test('asks for as many IDs a second as it was told', () => {
  const asked = started(500_000, () => MINTED);
  vi.advanceTimersByTime(2000);
  expect(sum(asked)).toBeGreaterThan(990_000);
  expect(sum(asked)).toBeLessThanOrEqual(1_000_000);
});

test('makes up for a tenth of a second at the most after a time in which nothing could be minted', () => {
  let answer: Outcome = { kind: 'refused', reason: 'waiting' };
  const asked = started(100_000, () => answer);
  vi.advanceTimersByTime(5000);
  const before = asked.length;
  answer = MINTED;
  vi.advanceTimersByTime(1000);
  const since = sum(asked.slice(before));
  expect(since).toBeGreaterThan(100_000);
  expect(since).toBeLessThanOrEqual(110_000);
});

test('asks for fewer than one ID each millisecond too', () => {
  const asked = started(100, () => MINTED);
  vi.advanceTimersByTime(1000);
  expect(sum(asked)).toBeGreaterThanOrEqual(98);
  expect(sum(asked)).toBeLessThanOrEqual(100);
});
