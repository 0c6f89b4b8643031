import { expect, test } from 'vitest';
import { createWallMap } from './wall-map.ts';

const UNIX_US = 1_795_356_139_000_000;

test('between two readings in proportion, beyond them by the nearest', () => {
  const map = createWallMap();
  map.add({ wallUs: UNIX_US, at: 5000 });
  expect(map.runNs(UNIX_US + 7)).toBe(12_000);
  expect(map.runNs(UNIX_US - 1)).toBe(4000);
  // The wall clock ran 100 µs a second fast.
  map.add({ wallUs: UNIX_US + 1_000_100, at: 1_000_005_000 });
  expect(map.runNs(UNIX_US + 500_050)).toBe(500_005_000);
  expect(map.runNs(UNIX_US + 1_000_100)).toBe(1_000_005_000);
  expect(map.runNs(UNIX_US + 1_000_101)).toBe(1_000_006_000);
  expect(map.runNs(UNIX_US)).toBe(5000);
});

test('before a clock was read nothing is known', () => {
  expect(() => createWallMap().runNs(1)).toThrow('no clock was read yet');
});
