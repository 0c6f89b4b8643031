/**
 * A coordinator that went back: writes that it had acknowledged are gone, as when an older snapshot is restored. Ended
 * leases may live again, later ones are gone, and revisions are given a second time.
 */
import type { RunNs } from './time.ts';

export interface Rollback {
  /** The coordinator was last heard before it went back: it had not yet. */
  readonly from: RunNs;
  /** When the harness learned of it: it had gone back no later. */
  readonly at: RunNs;
  /** The greatest revision that was seen before, decimal. */
  readonly before: string;
  /** The revision to which it went back, as first seen, decimal. */
  readonly revision: string;
}

/** How many times the coordinator had gone back by a moment. Revisions of different eras do not compare. */
export function eraOf(rollbacks: readonly Rollback[], moment: RunNs): number {
  return rollbacks.filter(({ at }) => at < moment).length;
}

/**
 * Whether a rollback lies between two acts that rest on the coordinator's word: who began by it is forgotten, or is
 * remembered although somebody followed.
 */
export function liesBetween(rollbacks: readonly Rollback[], began: RunNs, acted: RunNs): boolean {
  return rollbacks.some(({ from, at }) => began <= at && from <= acted);
}
