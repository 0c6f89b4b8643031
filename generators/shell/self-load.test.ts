import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Outcome } from './lane.ts';
import { startSelfLoad } from './self-load.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minted = (count: number): Outcome => ({ kind: 'minted', firstSeq: 0n, ids: new BigUint64Array(count) });

/** A lane that answers as told, and the sizes that it was asked for. */
function started(idsPerSecond: number, answer: (count: number) => Outcome): readonly number[] {
  const asked: number[] = [];
  const lane = {
    perId: 1 as const,
    mint: (count: number, done: (outcome: Outcome) => void) => {
      asked.push(count);
      done(answer(count));
    },
  };
  startSelfLoad(lane, idsPerSecond, () => Date.now() / 1000);
  return asked;
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

test('asks for as many IDs a second as it was told', () => {
  const asked = started(500_000, minted);
  vi.advanceTimersByTime(2000);
  expect(sum(asked)).toBeGreaterThan(990_000);
  expect(sum(asked)).toBeLessThanOrEqual(1_000_000);
});

test('makes up for a tenth of a second at the most after a time in which nothing could be minted', () => {
  let answer: (count: number) => Outcome = () => ({ kind: 'refused', reason: 'waiting' });
  const asked = started(100_000, (count) => answer(count));
  vi.advanceTimersByTime(5000);
  const before = asked.length;
  answer = minted;
  vi.advanceTimersByTime(1000);
  const since = sum(asked.slice(before));
  expect(since).toBeGreaterThan(100_000);
  expect(since).toBeLessThanOrEqual(110_000);
});

test('asks for fewer than one ID each millisecond too', () => {
  const asked = started(100, minted);
  vi.advanceTimersByTime(1000);
  expect(sum(asked)).toBeGreaterThanOrEqual(98);
  expect(sum(asked)).toBeLessThanOrEqual(100);
});

test('at four million IDs a second asks every 16 ms, and again for what it was not given', () => {
  const asked = started(4_096_000, (count) => minted(count - (count % 4096)));
  vi.advanceTimersByTime(1000);
  expect(asked.length).toBeLessThanOrEqual(63);
  const given = sum(asked.map((count) => count - (count % 4096)));
  expect(given).toBeGreaterThan(4_096_000 - 2 * 16 * 4096);
  expect(given).toBeLessThanOrEqual(4_096_000);
});
