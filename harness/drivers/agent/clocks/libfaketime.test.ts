import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FaketimeClock, faketimeText } from './libfaketime.ts';

const MOMENT = Date.UTC(2026, 0, 31, 23, 59, 59, 250);

test.each([
  [0, '+0.000 x1'],
  [-3000, '-3.000 x1'],
  [10_000, '+10.000 x1'],
  [-0.5, '-0.001 x1'],
  [1.4, '+0.001 x1'],
])('an offset of %d ms is written %s', (offsetMs, text) => {
  expect(faketimeText({ offsetMs, rate: 1 }, MOMENT)).toBe(text);
});

test('frozen is an absolute moment: the true time plus the offset', () => {
  expect(faketimeText({ offsetMs: 0, rate: 0 }, MOMENT)).toBe('2026-01-31 23:59:59.250');
  expect(faketimeText({ offsetMs: -60_000, rate: 0 }, MOMENT)).toBe('2026-01-31 23:58:59.250');
});

test('freezing twice alike does not move the frozen moment, and writing leaves no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  let now = MOMENT;
  const clock = new FaketimeClock(join(folder, 'n1'), () => now);
  await clock.set({ offsetMs: 0, rate: 0 });
  now += 5000;
  await clock.set({ offsetMs: 0, rate: 0 });
  expect(readFileSync(join(folder, 'n1'), 'utf8')).toBe('2026-01-31 23:59:59.250\n');
  await clock.set({ offsetMs: 0, rate: 1 });
  expect(readFileSync(join(folder, 'n1'), 'utf8')).toBe('+0.000 x1\n');
  expect(readdirSync(folder)).toEqual(['n1']);
  rmSync(folder, { recursive: true });
});
