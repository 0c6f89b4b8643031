/** What the reference design claims and a plan is held against, by the claims' numbers. */

/** F6: how full the sequence may be in the mean of the busiest second. */
export const SEQUENCE_WARN = 0.5;
export const SEQUENCE_CRITICAL = 0.8;

/** F10: bytes of evidence an ID as written, and its share that is left when compressed (432 GB to 43 GB). */
export const EVENT_BYTES = 500n;
export const EVENT_COMPRESSION = 10n;

/**
 * F5: horizontal autoscaling. It contradicts itself in the bounds (2 or 10, 32 or 100), which therefore come from the
 * plan; 3M IDs/s a node is no measurement.
 */
export const AUTOSCALING = {
  cpuPercent: 70,
  up: { seconds: 60, percent: 50 },
  down: { seconds: 300, percent: 10 },
} as const;
