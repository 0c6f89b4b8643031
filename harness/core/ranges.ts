/**
 * Ranges of numbers from a database: what a segment generator takes its IDs from.
 */

/** The numbers `from` … `to`, both included. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * A durable counter for each key: a row of a database, real or virtual. Every call ends within `deadlineMs` on the
 * monotonic clock. It throws an error named `CoordinationTimeout` when the outcome is not known (it may have happened,
 * or may yet), and one named `CoordinationRefused` when it certainly did not happen.
 */
export interface Ranges {
  /**
   * Raises the highest number given out by `step`, in one statement, and answers the numbers in between. Numbers begin at
   * 1. A range whose answer was lost is skipped: nobody else gets it either.
   */
  next(key: string, step: number, deadlineMs: number): Promise<Range>;
  /** The highest number given out so far; 0n when none was. */
  highest(key: string, deadlineMs: number): Promise<bigint>;
  /** Sets the highest number given out, in a statement of its own: it keeps no other caller from doing so meanwhile. */
  setHighest(key: string, to: bigint, deadlineMs: number): Promise<void>;
}
