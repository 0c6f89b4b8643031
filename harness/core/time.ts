/**
 * Time on the run's axis.
 *
 * Everything that a run records lies on one axis: the CLOCK_MONOTONIC of the kernel that runs the cluster, counted
 * from the run's origin. Node wall clocks are evidence; they never order anything.
 */

/**
 * Nanoseconds since the run's origin on the cluster's monotonic clock. A plain number is exact below 2^53 ns, which is
 * 104 days; it is a time, never an ID.
 */
export type RunNs = number;

export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

export const msToNs = (ms: number): RunNs => Math.round(ms * NS_PER_MS);
export const nsToMs = (ns: RunNs): number => ns / NS_PER_MS;

/** Cancels what `Time.at` scheduled; harmless afterwards. */
export type Cancel = () => void;

/**
 * The clock that the engine lives on: real in the local and docker drivers, virtual in the simulator. Engine, faults
 * and load take no time from anywhere else, so that one scenario runs on all three.
 */
export interface Time {
  /** Now, on the run's axis. */
  now(): RunNs;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back at `at` (at once when that has passed). Callbacks must not throw. */
  at(at: RunNs, callback: () => void): Cancel;
}

/** Where the run's axis lies: what turns a node's own stamps into run time and true time. */
export interface Origin {
  /** CLOCK_MONOTONIC of the cluster's kernel at the run's origin, nanoseconds, as a decimal string. */
  readonly monotonicNs: string;
  /** True Unix time in milliseconds at the origin: CLOCK_REALTIME read once. */
  readonly unixMs: number;
  /** Half-width of the interval within which the harness's clock maps to the cluster's; 0 when they are one clock. */
  readonly errorNs: number;
}

/** True Unix milliseconds at a moment of the run. */
export function trueUnixMs(origin: Origin, at: RunNs): number {
  return origin.unixMs + at / NS_PER_MS;
}

/** A CLOCK_MONOTONIC stamp of the cluster's kernel as a moment of the run; `originNs` is `BigInt(origin.monotonicNs)`. */
export function runNs(originNs: bigint, monotonicNs: bigint): RunNs {
  return Number(monotonicNs - originNs);
}

/** Unix nanoseconds as milliseconds, exact to the microsecond: a double holds no more at today's dates. */
export function unixMsOfNs(unixNs: bigint): number {
  return Number(unixNs / 1000n) / 1000;
}
