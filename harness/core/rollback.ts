/**
 * A coordinator that went back: writes that it had acknowledged are gone, as when an older snapshot is restored. Ended
 * leases may live again, later ones are gone, and revisions are given a second time.
 */
import type { Tenure } from './tenure.ts';
import { msToNs, type RunNs } from './time.ts';

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
  /** What it had acknowledged before this it remembers: no earlier than the snapshot. Undefined: nothing is known of it. */
  readonly since?: RunNs;
}

/** What a holder minted on the word of its coordinator. */
export interface Act {
  readonly tenure: Pick<Tenure, 'workerId' | 'coordinator' | 'createRevision' | 'from' | 'to'>;
  /** Of the lease under which it held. */
  readonly ttlMs: number;
  readonly returned: RunNs;
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
 * The rollback without which two holders of one worker ID need not have got into each other's way: one of them rests on
 * what the coordinator forgot, and the other could not know of it.
 */
export function rollbackBetween(rollbacks: readonly Rollback[], one: Act, other: Act): Rollback | undefined {
  if (one.tenure.workerId !== other.tenure.workerId) return undefined;
  if (one.tenure.createRevision === '0' || other.tenure.createRevision === '0') return undefined;
  return rollbacksBetween(rollbacks, one.tenure, other.tenure).find(
    (rollback) => forgot(rollback, one, other) || forgot(rollback, other, one),
  );
}

/**
 * Forgotten is what was minted after the snapshot by a holder who began before the coordinator went back. One who still
 * mints more than its TTL after that does so on word that the coordinator gave anew, and who comes later can read that.
 * Who could not know is who began after it went back; and an elder holder who lives again and mints on, when the younger
 * one came and went within what was forgotten.
 */
function forgot({ from, at, since = -Infinity }: Rollback, forgotten: Act, unaware: Act): boolean {
  const { tenure, ttlMs, returned } = forgotten;
  if (returned < since || tenure.from > at || tenure.to > at + msToNs(ttlMs)) return false;
  if (unaware.returned < from) return false;
  const livesAgain = unaware.tenure.from <= tenure.from && tenure.from >= since;
  return unaware.tenure.from >= from || livesAgain;
}
