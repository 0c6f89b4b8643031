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

test.each([5_000_000, -5_000_000])('a wall clock that is set by %d µs moves no request', (stepUs) => {
  const map = createWallMap();
  const second = (n: number) => ({ wallUs: UNIX_US + n * 1_000_000, at: n * 1_000_000_000 });
  for (let n = 0; n <= 20; n++) map.add({ ...second(n), wallUs: second(n).wallUs + (n > 10 ? stepUs : 0) });
  for (const n of [0, 9.5, 10.5, 12, 19.5, 21]) expect(map.runNs(second(n).wallUs)).toBe(second(n).at);
});

test('before a clock was read nothing is known', () => {
  expect(() => createWallMap().runNs(1)).toThrow('no clock was read yet');
});
