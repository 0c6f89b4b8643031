/** The clocks of this machine's kernel, which the checked node reads too. */
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** Unix milliseconds, whole. */
export const wallMs = (): number => Date.now();
/** CLOCK_MONOTONIC, nanoseconds. */
export const monotonicNs = (): bigint => process.hrtime.bigint();

const ROUNDS = 20;
const NS_PER_MS = 1_000_000n;

/**
 * How far the wall clock lies ahead of the monotonic one, in nanoseconds, and no less than that: a reading is a whole
 * millisecond, so the true difference is up to a millisecond more.
 */
export function wallAheadNs(): bigint {
  const readings = Array.from({ length: ROUNDS }, () => BigInt(wallMs()) * NS_PER_MS - monotonicNs());
  return readings.reduce((most, reading) => (reading > most ? reading : most));
}
