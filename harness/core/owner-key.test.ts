import { expect, test } from 'vitest';
import { ownerKey, workerIdOfKey } from './owner-key.ts';

test.each([0, 1, 10, 1023, 2 ** 31 - 1])('worker ID %d has one key', (workerId) => {
  expect(workerIdOfKey(ownerKey(workerId))).toBe(workerId);
});

test.each([
  'o/',
  'o/01',
  'o/00',
  'o/-0',
  'o/-1',
  'o/1.0',
  'o/1e3',
  'o/0x1',
  'o/ 1',
  'o/1 ',
  'o/1/2',
  'b/1',
  'x',
  'o/2147483648',
])('%j is no owner key', (key) => {
  expect(workerIdOfKey(key)).toBeUndefined();
});
