/**
 * When tenures ended, and by whose hand. A lease may carry several owner keys, one after the other, so an end belongs to
 * an owner key by its create revision and not to a lease. Pure; the simulator and the reader of taps share it.
 */
import type { Tenure } from './tenure.ts';
import type { OwnerEvent } from './cluster.ts';
import { namedBy } from './coordinators.ts';
import type { LeaseFact } from './history.ts';
import { ownerKey } from './owner-key.ts';
import type { RunNs } from './time.ts';
import { msToNs } from './time.ts';

/** One life of a node. */
export interface Life {
  readonly node: string;
  readonly incarnation: number;
}

/** A node asked for a key to be deleted, and never learned that it was not. */
export interface KeyDeletion {
  /** The region of the coordinator that was asked, where each has its own. */
  readonly coordinator?: string;
  readonly key: string;
  /** Who asked, where that is told. */
  readonly asker?: Life;
  readonly sentNs: RunNs;
  /** The revision at which it was carried out. Undefined: no answer came, and it may be carried out at any time after. */
  readonly revision?: string;
}

/** A node asked for a lease to be revoked, and never learned that it was not. */
export interface LeaseRevoke {
  /** As in `KeyDeletion`. */
  readonly coordinator?: string;
  readonly lease: string;
  /** As in `KeyDeletion`. */
  readonly asker?: Life;
  readonly sentNs: RunNs;
  /** It was carried out. Else no answer came, and it may be carried out at any time after. */
  readonly isAnswered?: true;
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
  endedBy: OwnerEvent | undefined;
  /** Of those that were carried out, the first. */
  deletion?: KeyDeletion;
  /** As `LeaseFact.perhapsGivenUpNs`. */
  perhapsDeletedNs?: RunNs;
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
  for (const event of events) {
    const { what, workerId, createRevision, lease, at } = event;
    // A coordinator that went back gives revisions a second time: to other leases.
    const ofRevision = tenures.filter((tenure) => tenure.createRevision === createRevision);
    const known =
      ofRevision.find((tenure) => tenure.lease === lease) ?? (what === 'acquired' ? undefined : ofRevision.at(-1));
    const tenure = known ?? { workerId, createRevision, lease, endedNs: undefined, endedBy: undefined };
    if (known === undefined) tenures.push(tenure);
    if (what === 'acquired') {
      // Known, it lives again: it was in the state to which the coordinator went back.
      tenure.endedNs = undefined;
      tenure.endedBy = undefined;
      continue;
    }
    // A key may have been put under another lease since.
    tenure.lease = lease ?? tenure.lease;
    tenure.endedNs ??= at;
    tenure.endedBy ??= event;
  }
  for (const deletion of deletions) {
    const { key, sentNs, revision } = deletion;
    const later = tenures
      .filter(({ workerId, endedNs = -Infinity }) => key === ownerKey(workerId) && endedNs >= sentNs)
      .sort((a, b) => a.endedNs! - b.endedNs!);
    if (revision === undefined) {
      for (const tenure of later) tenure.perhapsDeletedNs = Math.min(tenure.perhapsDeletedNs ?? sentNs, sentNs);
      continue;
    }
    // A coordinator that went back gives a revision again: to a later end.
    const ended = later.find(({ endedBy }) => endedBy?.revision === revision && endedBy.wentBack === undefined);
    if (ended !== undefined && sentNs < (ended.deletion?.sentNs ?? Infinity)) ended.deletion = deletion;
  }
  const held = Map.groupBy(tenures, ({ lease }) => lease);
  return leases.flatMap((fact) => {
    const own = held.get(fact.lease);
    return own === undefined ? [fact] : own.map((tenure) => factOf(fact, tenure));
  });
}

function factOf(
  fact: LeaseFact,
  { createRevision, endedNs, endedBy, deletion, perhapsDeletedNs }: KeyTenure,
): LeaseFact {
  return {
    ...withGivenUp(fact, deletion),
    createRevision,
    ...firstPerhaps(fact.perhapsGivenUpNs, perhapsDeletedNs),
    ...(endedNs !== undefined && { endedNs }),
    ...(endedBy?.wentBack === true && { wentBack: true }),
  };
}

/** What was asked for was carried out; it counts if nobody is known to have asked before. */
function withGivenUp(fact: LeaseFact, asked: Pick<KeyDeletion, 'asker' | 'sentNs'> | undefined): LeaseFact {
  if (asked === undefined || (fact.givenUpNs ?? Infinity) <= asked.sentNs) return fact;
  const { givenUpByHolder: _, ...others } = fact;
  const { asker, sentNs } = asked;
  const byHolder = asker !== undefined && asker.node === fact.node && asker.incarnation === fact.incarnation;
  return { ...others, givenUpNs: sentNs, ...(byHolder && { givenUpByHolder: true }) };
}

/** As a part of a fact; none, if none is known. */
function firstPerhaps(...moments: readonly (RunNs | undefined)[]): Pick<LeaseFact, 'perhapsGivenUpNs'> {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? {} : { perhapsGivenUpNs: known.reduce((a, b) => Math.min(a, b)) };
}

/** Facts that tell when nodes asked for the end of leases. */
export function withRevokes(leases: readonly LeaseFact[], revokes: readonly LeaseRevoke[]): readonly LeaseFact[] {
  const asked = Map.groupBy(revokes, leaseName);
  return leases.map((fact) => {
    const own = asked.get(leaseName(fact)) ?? [];
    const open = own.filter(({ isAnswered }) => isAnswered === undefined);
    return {
      ...own.filter(({ isAnswered }) => isAnswered === true).reduce(withGivenUp, fact),
      ...firstPerhaps(fact.perhapsGivenUpNs, ...open.map(({ sentNs }) => sentNs)),
    };
  });
}

const leaseName = (of: { readonly coordinator?: string; readonly lease: string }): string => namedBy(of, of.lease);

/** The fact of each tenure: that of its owner key, else that of its lease. */
export function leaseFinder(
  facts: readonly LeaseFact[],
): (of: Pick<Tenure, 'coordinator' | 'lease' | 'createRevision'>) => LeaseFact | undefined {
  const isKeyed = ({ createRevision }: LeaseFact): boolean => createRevision !== undefined;
  const byRevision = Map.groupBy(facts.filter(isKeyed), (fact) => namedBy(fact, fact.createRevision!));
  const byLease = new Map(facts.filter((fact) => !isKeyed(fact)).map((fact) => [leaseName(fact), fact]));
  return (tenure) => {
    const ofRevision = byRevision.get(namedBy(tenure, tenure.createRevision)) ?? [];
    // A key may have been put under another lease; a revision may have been given twice.
    return (
      ofRevision.find(({ lease }) => lease === tenure.lease) ?? ofRevision.at(-1) ?? byLease.get(leaseName(tenure))
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
  /** Set when it ended before the last accepted keep-alive and its TTL: when that was observed. */
  readonly early?: RunNs;
  /**
   * Whose doing an early end was: `coordinator` where no node can have asked for it, `not known` where one may have. An
   * end by a node's hand is none that is early.
   */
  readonly by?: 'coordinator' | 'not known';
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

function goneKey(told: GoneAnswer | LeaseFact): string {
  return `${leaseName(told)} ${told.node} ${told.incarnation}`;
}

/** Within so long a node that was told that its lease is gone stops minting, all its threads, also if it is starved. */
export const GONE_ACTED_ON_MS = 1000;

/** Undefined while it lives. */
export function endOfLease({
  endedNs,
  lastSentNs,
  ttlMs,
  givenUpNs = Infinity,
  perhapsGivenUpNs = Infinity,
  toldGoneNs = Infinity,
  wentBack,
}: LeaseFact): LeaseEnd | undefined {
  if (endedNs === undefined) return undefined;
  const granted = lastSentNs + msToNs(ttlMs);
  if (endedNs >= granted || givenUpNs <= endedNs) return { latest: endedNs };
  // The word of the coordinator excuses nobody whom it told that it does not hold any more.
  const known = Math.max(endedNs, toldGoneNs + msToNs(GONE_ACTED_ON_MS));
  // A lease that was kept alive after its key had gone lived on: no node is known to have taken the key, and yet the
  // coordinator did not end the lease, unless it had gone back to before the key.
  const livedOn = lastSentNs > endedNs && wentBack === undefined;
  const by = perhapsGivenUpNs <= endedNs || livedOn ? 'not known' : 'coordinator';
  return { latest: Math.min(granted, known), early: endedNs, by };
}
