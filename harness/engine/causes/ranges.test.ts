import { expect, test } from 'vitest';
import type { Sighting } from '../../core/finding.ts';
import { OPAQUE_128, OPAQUE_64 } from '../../core/layout.ts';
import { causeOfRange, isCounter } from './ranges.ts';

const COUNTER = { timeBits: 0, workerBits: 0, sequenceBits: 63, tickMs: 1, epochMs: 0 };
const sighting = (node: string, incarnation: number): Sighting => ({
  node,
  incarnation,
  lane: 0,
  seq: 0,
  id: '42',
  called: 0,
  returned: 0,
  wallCalledMs: 0,
  wallReturnedMs: 0,
  workerId: -1,
  lease: '0',
  createRevision: '0',
});

test('only an ID without time, worker ID and fixed fields is a plain counter', () => {
  expect(isCounter(COUNTER)).toBe(true);
  expect(isCounter({ ...COUNTER, timeBits: 41 })).toBe(false);
  expect(isCounter({ ...COUNTER, workerBits: 10 })).toBe(false);
  expect([OPAQUE_64, OPAQUE_128].map(isCounter)).toEqual([false, false]);
  expect(isCounter({ ...COUNTER, fixed: [{ shift: 76, bits: 4, value: 7 }] })).toBe(false);
});

test('the cause goes by whose hands a number went through', () => {
  expect(causeOfRange(sighting('n1', 1), sighting('n1', 1))).toBe('range handed out twice');
  expect(causeOfRange(sighting('n1', 1), sighting('n1', 2))).toBe('range used again after a restart');
  expect(causeOfRange(sighting('n1', 1), sighting('n2', 1))).toBe('range given to two nodes');
});
