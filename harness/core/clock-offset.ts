/**
 * How far the wall clock of a node is from true time, as faults of the clock measure it.
 */
import type { Cluster } from './cluster.ts';
import { healthOf, nodeOf, offsetMs } from './observe.ts';

/**
 * How far the observed offset may be from the one asked. The tools are exact to microseconds; the reading crosses a busy
 * machine, and the origin's true time was read once.
 */
export const TOLERANCE_MS = 50;

/** A smaller offset would be seen in force on a clock that was never touched. */
export const OFFSET_MIN_MS = 2 * TOLERANCE_MS;

export const isMeasurable = (ms: number): boolean => Math.abs(ms) >= OFFSET_MIN_MS;
export const NOT_MEASURABLE = `must be at least ${OFFSET_MIN_MS} ms forward or back: less cannot be told from the error of the measurement`;

/** Undefined when nobody answers: the clock of a process that is down cannot be read. */
export async function observedOffsetMs(cluster: Cluster, node: string): Promise<number | undefined> {
  const health = await healthOf(nodeOf(cluster, node));
  return health === undefined ? undefined : offsetMs(cluster.origin, health);
}
