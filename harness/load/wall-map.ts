/** Wall time as run time, by readings of both clocks at one moment. Pure. */
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

export function createWallMap(): WallMap {
  const pairs: ClockPair[] = [];
  return {
    add: (pair) => void pairs.push(pair),
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
