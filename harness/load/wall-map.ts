/**
 * Wall time as run time, by readings of both clocks at one moment. Pure.
 *
 * The wall time is that of a client which read its clock once, when it began, and counts from there by a clock that is
 * never set: when the host's wall clock is, the client's is not. A step between two readings is taken out again.
 */
import type { RunNs } from '../core/time.ts';

/** Both clocks at one moment. */
export interface ClockPair {
  /** Unix microseconds. */
  readonly wallUs: number;
  readonly at: RunNs;
}

export interface WallMap {
  /** In order of time. */
  add(pair: ClockPair): void;
  /** Between two readings in proportion, beyond them by the nearest. There must be one. */
  runNs(wallUs: number): RunNs;
}

/** More between two readings than any slewing does: the clock was set, or was read late. */
const STEP_MIN_US = 5000;

export function createWallMap(): WallMap {
  const pairs: ClockPair[] = [];
  let steppedUs = 0;
  return {
    add({ wallUs, at }) {
      const last = pairs.at(-1);
      const byUs = last === undefined ? 0 : wallUs - steppedUs - last.wallUs - (at - last.at) / 1000;
      if (Math.abs(byUs) >= STEP_MIN_US) steppedUs += byUs;
      pairs.push({ wallUs: wallUs - steppedUs, at });
    },
    runNs(wallUs) {
      // What is asked for lies near the end: it happened within the last second or two.
      const later = pairs.findLastIndex((pair) => pair.wallUs <= wallUs) + 1;
      const [before, after] = [pairs[later - 1], pairs[later]];
      const near = before ?? after;
      if (near === undefined) throw new Error('no clock was read yet');
      // The time of day in nanoseconds is more than a double holds: differences are taken first.
      const passed = 1000 * (wallUs - near.wallUs);
      if (before === undefined || after === undefined) return near.at + Math.round(passed);
      const rate = (after.at - before.at) / (1000 * (after.wallUs - before.wallUs));
      return near.at + Math.round(passed * rate);
    },
  };
}
