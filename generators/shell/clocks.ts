/**
 * The node's clocks as the process found them. The shell imports this before it imports a generator: one that replaces
 * `Date.now` or `process.hrtime` deceives itself, and neither its taps nor its lease log nor what it is asked.
 */
const { now } = Date;
const { bigint } = process.hrtime;

/** Unix milliseconds, whole. */
export const wallMs = (): number => now();
/** The kernel's monotonic clock, nanoseconds. */
export const monotonicNs = (): bigint => bigint();
