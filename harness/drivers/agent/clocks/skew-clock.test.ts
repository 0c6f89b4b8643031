import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SkewClock, slotOf } from './skew-clock.ts';

const MOMENT = Date.UTC(2026, 0, 31, 23, 59, 59, 250);
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `native/skew.h` would read: the setting of the slot in force. */
function inForce(file: string): { anchorNs: bigint; offsetNs: bigint; driftPpb: bigint } {
  const bytes = readFileSync(file);
  const at = 64 * (1 + Number(bytes.readBigUInt64LE(0) & 1n));
  return {
    anchorNs: bytes.readBigInt64LE(at),
    offsetNs: bytes.readBigInt64LE(at + 8),
    driftPpb: bytes.readBigInt64LE(at + 16),
  };
}

test.each([
  [{ offsetMs: -3000, rate: 1 }, -3_000_000_000n, 0n],
  [{ offsetMs: 0.25, rate: 0 }, 250_000n, -1_000_000_000n],
  [{ offsetMs: 0, rate: 1 + 500e-6 }, 0n, 500_000n],
  [{ offsetMs: 0, rate: 0.5 }, 0n, -500_000_000n],
])('%j is an offset in ns and a drift in ppb from the moment of the setting', async (setting, offsetNs, driftPpb) => {
  const file = join(folder, 'n1');
  await new SkewClock('shim', file, () => MOMENT).set(setting);
  expect(inForce(file)).toEqual({ anchorNs: BigInt(MOMENT) * 1_000_000n, offsetNs, driftPpb });
  expect(readFileSync(file)).toHaveLength(4096);
});

test('a new clock runs true, and leaves no other file', () => {
  const control = new SkewClock('shim', join(folder, 'n2'), () => MOMENT);
  expect(control.backend).toBe('shim');
  expect(inForce(join(folder, 'n2'))).toEqual({ anchorNs: 0n, offsetNs: 0n, driftPpb: 0n });
  expect(readdirSync(folder).filter((file) => file.startsWith('n2'))).toEqual(['n2']);
});

test('what is set already does not begin anew; the setting in force stays whole while the next is written', async () => {
  const file = join(folder, 'n3');
  let now = MOMENT;
  const control = new SkewClock('shim', file, () => now);
  await control.set({ offsetMs: 0, rate: 0.5 });
  const first = readFileSync(file);
  now += 5000;
  await control.set({ offsetMs: 0, rate: 0.5 });
  expect(readFileSync(file).equals(first)).toBe(true);

  await control.set({ offsetMs: 0, rate: 1 });
  const second = readFileSync(file);
  const slotBefore = 64 * (1 + Number(first.readBigUInt64LE(0) & 1n));
  expect(second.readBigUInt64LE(0)).toBe(first.readBigUInt64LE(0) + 1n);
  expect(second.subarray(slotBefore, slotBefore + 64)).toEqual(first.subarray(slotBefore, slotBefore + 64));
});

test.each([-1, 8.5, Number.NaN])('the rate %d is refused', (rate) => {
  expect(() => slotOf({ offsetMs: 0, rate }, MOMENT)).toThrow(RangeError);
});
