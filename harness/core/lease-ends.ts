/**
 * When tenures ended, and by whose hand. A lease may carry several owner keys, one after the other, so an end belongs to
 * an owner key by its create revision and not to a lease. Pure; the simulator and the reader of taps share it.
 */
import type { Tenure } from './checker.ts';
import type { OwnerEvent } from './cluster.ts';
import type { LeaseFact } from './history.ts';
import type { RunNs } from './time.ts';
import { msToNs } from './time.ts';

/** A node asked for a key to be deleted, and never learned that it was not: it may have happened at any time after. */
export interface KeyDeletion {
  /** The region of the coordinator that was asked, where each has its own. */
  readonly coordinator?: string;
  readonly key: string;
  readonly sentNs: RunNs;
}

/** A node asked for a lease to be kept alive, and was told that it is gone. */
export interface GoneAnswer {
  /** As in `KeyDeletion`. */
  readonly coordinator?: string;
  readonly lease: string;
  readonly node: string;
  readonly incarnation: number;
  readonly sentNs: RunNs;
  readonly receivedNs: RunNs;
}

interface KeyTenure {
  readonly workerId: number;
  readonly createRevision: string;
  lease: string | undefined;
  endedNs: RunNs | undefined;
  deletedNs: RunNs | undefined;
}

/**
 * A fact for each tenure that its coordinator told of, with its end; and for each lease under which nothing was held. Each
 * coordinator tells of its own leases only: another one may give the same names.
 */
export function withEnds(
  leases: readonly LeaseFact[],
  deletions: readonly KeyDeletion[],
  events: readonly OwnerEvent[],
): readonly LeaseFact[] {
  return [...Map.groupBy(leases, ({ coordinator }) => coordinator)].flatMap(([own, granted]) => {
    const isOwn = ({ coordinator }: { readonly coordinator?: string }): boolean => coordinator === own;
    return endsByOne(granted, deletions.filter(isOwn), events.filter(isOwn));
  });
}

function endsByOne(
  leases: readonly LeaseFact[],
  deletions: readonly KeyDeletion[],
  events: readonly OwnerEvent[],
): readonly LeaseFact[] {
  const tenures: KeyTenure[] = [];
  for (const { what, workerId, createRevision, lease, at } of events) {
    // A coordinator that went back gives revisions a second time: to other leases.
    const ofRevision = tenures.filter((tenure) => tenure.createRevision === createRevision);
    const known =
      ofRevision.find((tenure) => tenure.lease === lease) ?? (what === 'acquired' ? undefined : ofRevision.at(-1));
    const tenure = known ?? { workerId, createRevision, lease, endedNs: undefined, deletedNs: undefined };
    if (known === undefined) tenures.push(tenure);
    if (what === 'acquired') {
      // Known, it lives again: it was in the state to which the coordinator went back.
      tenure.endedNs = undefined;
      continue;
    }
    // A key may have been put under another lease since.
    tenure.lease = lease ?? tenure.lease;
    tenure.endedNs ??= at;
  }
  for (const { key, sentNs } of deletions) {
    const first = tenures
      .filter(({ workerId, endedNs }) => key === `o/${workerId}` && endedNs !== undefined && endedNs >= sentNs)
      .reduce<KeyTenure | undefined>((a, b) => (a === undefined || b.endedNs! < a.endedNs! ? b : a), undefined);
    if (first !== undefined) first.deletedNs = Math.min(first.deletedNs ?? sentNs, sentNs);
  }
  const held = Map.groupBy(tenures, ({ lease }) => lease);
  return leases.flatMap((fact) => {
    const own = held.get(fact.lease);
    return own === undefined ? [fact] : own.map((tenure) => factOf(fact, tenure));
  });
}

function factOf(fact: LeaseFact, { createRevision, endedNs, deletedNs }: KeyTenure): LeaseFact {
  const asked = [fact.givenUpNs, deletedNs].filter((ns) => ns !== undefined);
  return {
    ...fact,
    createRevision,
    ...(asked.length > 0 && { givenUpNs: Math.min(...asked) }),
    ...(endedNs !== undefined && { endedNs }),
  };
}

/** The fact of each tenure: that of its owner key, else that of its lease. */
export function leaseFinder(
  facts: readonly LeaseFact[],
): (of: Pick<Tenure, 'coordinator' | 'lease' | 'createRevision'>) => LeaseFact | undefined {
  const keyed = facts.filter(({ createRevision }) => createRevision !== undefined);
  const told = (coordinator: string | undefined, name: string): string => `${coordinator ?? ''} ${name}`;
  const byRevision = Map.groupBy(keyed, ({ coordinator, createRevision }) => told(coordinator, createRevision!));
  const byLease = new Map(
    facts.filter((fact) => !keyed.includes(fact)).map((fact) => [told(fact.coordinator, fact.lease), fact]),
  );
  return ({ coordinator, lease, createRevision }) => {
    const ofRevision = byRevision.get(told(coordinator, createRevision)) ?? [];
    // A key may have been put under another lease; a revision may have been given twice.
    return (
      ofRevision.find((fact) => fact.lease === lease) ?? ofRevision.at(-1) ?? byLease.get(told(coordinator, lease))
    );
  };
}

/** When a tenure ended. */
export interface LeaseEnd {
  /**
   * No later than this: as observed, or the last accepted keep-alive and its TTL, whichever is later; or when its node
   * had to know that it was gone.
   */
  readonly latest: RunNs;
  /** Set when the coordinator ended it before the last accepted keep-alive and its TTL: when that was observed. */
  readonly early?: RunNs;
}

/**
 * Facts that tell when holders learned that their leases were gone. What another node was told tells the holder nothing;
 * and a lease that was kept alive after such an answer lives again.
 */
export function withGone(leases: readonly LeaseFact[], answers: readonly GoneAnswer[]): readonly LeaseFact[] {
  const told = Map.groupBy(answers, goneKey);
  return leases.map((fact) => {
    const received = (told.get(goneKey(fact)) ?? []).flatMap(({ sentNs, receivedNs }) =>
      sentNs > fact.lastSentNs ? [receivedNs] : [],
    );
    return received.length === 0 ? fact : { ...fact, toldGoneNs: received.reduce((a, b) => Math.min(a, b)) };
  });
}

function goneKey({ coordinator = '', lease, node, incarnation }: GoneAnswer | LeaseFact): string {
  return `${coordinator} ${lease} ${node} ${incarnation}`;
}

/** Within so long a node that was told that its lease is gone stops minting, all its threads, also if it is starved. */
export const GONE_ACTED_ON_MS = 1000;

/** Undefined while it lives. */
export function endOfLease({
  endedNs,
  lastSentNs,
  ttlMs,
  givenUpNs,
  toldGoneNs = Infinity,
}: LeaseFact): LeaseEnd | undefined {
  if (endedNs === undefined) return undefined;
  const granted = lastSentNs + msToNs(ttlMs);
  // The word of the coordinator excuses nobody whom it told that it does not hold any more.
  const known = Math.max(endedNs, toldGoneNs + msToNs(GONE_ACTED_ON_MS));
  // Some node asked for it; or the lease was kept alive after its key had gone, so that the key went by somebody's hand.
  const byHand = (givenUpNs !== undefined && givenUpNs <= endedNs) || lastSentNs > endedNs;
  return endedNs < granted && !byHand ? { latest: Math.min(granted, known), early: endedNs } : { latest: endedNs };
}
