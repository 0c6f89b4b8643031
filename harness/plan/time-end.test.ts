import { expect, test } from 'vitest';
import { LAYOUT } from '../../generators/snowflake/layout.ts';
import { encodeId } from '../core/layout.ts';
import { timeEndOf } from './time-end.ts';

const BEGINS = '2027-01-01';

test('the bits of the published design, from its own epoch, end on 10 July 2080', () => {
  expect(timeEndOf({ ...LAYOUT, epochMs: 1_288_834_974_657 }, BEGINS)).toMatchObject({
    unixMs: '3487858230209',
    at: '2080-07-10T17:30:30.209Z',
  });
});

test('claim C1: 41 bits of milliseconds last 69.7 years', () => {
  const end = timeEndOf(LAYOUT, BEGINS);
  expect(end?.at).toBe('2093-09-06T15:47:35.552Z');
  expect(end?.yearsFromEpoch).toBeCloseTo(69.68, 2);
  expect(end?.yearsLeft).toBeCloseTo(69.68 - 3, 1);
});

test('the millisecond before the end has an ID, and the end has none', () => {
  const end = Number(timeEndOf(LAYOUT, BEGINS)?.unixMs);
  const fields = (unixMs: number) => ({ tick: unixMs - LAYOUT.epochMs, workerId: 0, sequence: 0 });
  expect(encodeId(LAYOUT, fields(end - 1))).toBe(((1n << 41n) - 1n) << 22n);
  expect(() => encodeId(LAYOUT, fields(end))).toThrow(RangeError);
});

test('ticks of 10 ms last ten times as long', () => {
  const layout = { ...LAYOUT, timeBits: 39, tickMs: 10, epochMs: Date.UTC(2014, 8, 1) };
  expect(timeEndOf(layout, BEGINS)).toMatchObject({ unixMs: String(Date.UTC(2014, 8, 1) + 2 ** 39 * 10) });
  expect(timeEndOf(layout, BEGINS)?.at?.slice(0, 10)).toBe('2188-11-16');
});

test('an end beyond any calendar is told in milliseconds alone, exactly', () => {
  const end = timeEndOf({ ...LAYOUT, timeBits: 53, tickMs: 1000, epochMs: 1 }, BEGINS);
  expect(end?.unixMs).toBe(String(2n ** 53n * 1000n + 1n));
  expect(end).not.toHaveProperty('at');
});

test('an end before the plan begins is so many years ago', () => {
  expect(timeEndOf({ ...LAYOUT, timeBits: 36 }, BEGINS)?.yearsLeft).toBeLessThan(0);
});

test('IDs without time have no end of it', () => {
  expect(timeEndOf({ ...LAYOUT, timeBits: 0 }, BEGINS)).toBeUndefined();
});
