/** The clocks of this machine's kernel, which the checked node reads too. */
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** Unix milliseconds, whole. */
export const wallMs = (): number => Date.now();
/** CLOCK_MONOTONIC, nanoseconds. */
export const monotonicNs = (): bigint => process.hrtime.bigint();

const ROUNDS = 20;
export const NS_PER_MS = 1_000_000n;
/**
 * What a reading of the wall clock may be off by against `wallAheadNs`: a whole millisecond may be cut off of each of the
 * two, and the third is for a clock that is being slewed.
 */
export const WALL_SLACK_NS = 3n * NS_PER_MS;

/**
 * How far the wall clock lies ahead of the monotonic one, in nanoseconds, and no less than that: a reading is a whole
 * millisecond, so the true difference is up to a millisecond more.
 */
export function wallAheadNs(): bigint {
  const readings = Array.from({ length: ROUNDS }, () => BigInt(wallMs()) * NS_PER_MS - monotonicNs());
  return readings.reduce((most, reading) => (reading > most ? reading : most));
}
