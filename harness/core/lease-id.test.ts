import { expect, test } from 'vitest';
import { isLeaseId } from './lease-id.ts';

test.each(['0', '7', '7587894000000000001', '18446744073709551615'])('%j is a lease ID', (value) => {
  expect(isLeaseId(value)).toBe(true);
});

test.each([
  ...['', ' 7', '7 ', '07', '00', '+7', '-7', '7\n', '0x7', '7e3', '18446744073709551616', '７'],
  ...[7, 7n, undefined, null, ['7']],
])('%o is none', (value) => {
  expect(isLeaseId(value)).toBe(false);
});
