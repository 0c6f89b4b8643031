/**
 * Between which values a node's wall clock may have stood during a call, from its readings just before and just after.
 *
 * A clock that ran true gives the two readings as bounds. One that jumped inside the call may have run on from the first
 * reading until it jumped, and may have run up to the second since: an ID minted before a step back carries a time later
 * than both readings, and is honest.
 */
import { NS_PER_MS } from '../../core/time.ts';

/** The wall clock ran true inside a call when it advanced as the monotonic clock did, give or take this. */
export const RAN_TRUE_MS = 1;

export interface ClockCall {
  readonly called: number;
  readonly returned: number;
  readonly wallCalledMs: number;
  readonly wallReturnedMs: number;
}

export interface ClockWindow {
  readonly lowMs: number;
  readonly highMs: number;
}

export function clockWindow({ called, returned, wallCalledMs, wallReturnedMs }: ClockCall): ClockWindow {
  const elapsedMs = (returned - called) / NS_PER_MS;
  const ranTrue = Math.abs(wallReturnedMs - wallCalledMs - elapsedMs) <= RAN_TRUE_MS;
  const runMs = ranTrue ? 0 : elapsedMs + RAN_TRUE_MS;
  return {
    lowMs: Math.min(wallCalledMs, wallReturnedMs, wallReturnedMs - runMs),
    highMs: Math.max(wallCalledMs, wallReturnedMs, wallCalledMs + runMs),
  };
}

/** The same over the columns of the table `batches`. */
export function sqlClockWindow(): { readonly low: string; readonly high: string; readonly ranTrue: string } {
  const elapsed = `((returned - called) / ${NS_PER_MS})`;
  const ranTrue = `abs(wall_returned_ms - wall_called_ms - ${elapsed}) <= ${RAN_TRUE_MS}`;
  const run = `if(${ranTrue}, 0, ${elapsed} + ${RAN_TRUE_MS})`;
  return {
    low: `least(wall_called_ms, wall_returned_ms, wall_returned_ms - ${run})`,
    high: `greatest(wall_called_ms, wall_returned_ms, wall_called_ms + ${run})`,
    ranTrue,
  };
}
