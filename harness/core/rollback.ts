/**
 * A coordinator that went back: writes that it had acknowledged are gone, as when an older snapshot is restored. Ended
 * leases may live again, later ones are gone, and revisions are given a second time.
 */
import type { RunNs } from './time.ts';

export interface Rollback {
  /** The region of the coordinator, where each has its own. */
  readonly coordinator?: string;
  /** The coordinator was last heard before it went back: it had not yet. */
  readonly from: RunNs;
  /** When the harness learned of it: it had gone back no later. */
  readonly at: RunNs;
  /** The greatest revision that was seen before, decimal. */
  readonly before: string;
  /** The revision to which it went back, as first seen, decimal. */
  readonly revision: string;
}

/**
 * The rollbacks that can have a part in what some holders did together: those of the coordinator by whose word all of them
 * held. Holders under different ones have none in common.
 */
export function rollbacksBetween(
  rollbacks: readonly Rollback[],
  ...[first, ...others]: readonly { readonly coordinator?: string }[]
): readonly Rollback[] {
  if (others.some(({ coordinator }) => coordinator !== first?.coordinator)) return [];
  return rollbacks.filter(({ coordinator }) => coordinator === first?.coordinator);
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
