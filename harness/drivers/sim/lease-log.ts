/** What the simulated shells and the coordinator tell of leases: the facts behind `owns-worker-id`. */
import type { OwnerEvent } from '../../core/cluster.ts';
import type { LeaseFact } from '../../core/history.ts';
import type { GoneAnswer, KeyDeletion, LeaseRevoke, Life } from '../../core/lease-ends.ts';
import { withEnds, withGone, withRevokes } from '../../core/lease-ends.ts';
import type { RunNs } from '../../core/time.ts';
import { msToNs } from '../../core/time.ts';

export class LeaseLog {
  readonly #granter: { readonly coordinator?: string };
  readonly #facts = new Map<string, LeaseFact>();
  readonly #owners: OwnerEvent[] = [];
  readonly #deletions: KeyDeletion[] = [];
  readonly #revokes: LeaseRevoke[] = [];
  readonly #gone: GoneAnswer[] = [];

  /** `region`: whose coordinator it is, where each region has its own. */
  constructor(region?: string) {
    this.#granter = region === undefined ? {} : { coordinator: region };
  }

  /** The node was told that its grant, sent at `sentNs`, was accepted. */
  granted(lease: string, node: string, incarnation: number, sentNs: RunNs, ttlMs: number): void {
    this.#facts.set(lease, { ...this.#granter, lease, node, incarnation, lastSentNs: sentNs, ttlMs });
  }

  /** The node was told that its keep-alive was accepted. Answers may overtake one another: the latest sending counts. */
  kept(lease: string, sentNs: RunNs, ttlMs: number): void {
    const fact = this.#facts.get(lease);
    if (fact !== undefined && sentNs > fact.lastSentNs) this.#facts.set(lease, { ...fact, lastSentNs: sentNs, ttlMs });
  }

  /** A node was told that its keep-alive came too late. */
  gone(answer: GoneAnswer): void {
    this.#gone.push({ ...this.#granter, ...answer });
  }

  /** How much of a lease is spent at `now`, as `NodeHealth.leaseSpent`. */
  spent(lease: string, now: RunNs): number | undefined {
    const fact = this.#facts.get(lease);
    return fact === undefined ? undefined : Math.max(0, now - fact.lastSentNs) / msToNs(fact.ttlMs);
  }

  /** A node asks for the end of a lease, its own or another's. */
  givenUp(lease: string, asker: Life, sentNs: RunNs): void {
    this.#revokes.push({ ...this.#granter, lease, asker, sentNs });
  }

  /** It was told that what it asked for at `sentNs` was carried out. */
  revoked(lease: string, sentNs: RunNs): void {
    answered(this.#revokes, (asked) => asked.lease === lease && asked.sentNs === sentNs, { isAnswered: true });
  }

  /** It was told that it was not. */
  notGivenUp(lease: string, sentNs: RunNs): void {
    answered(this.#revokes, (asked) => asked.lease === lease && asked.sentNs === sentNs, undefined);
  }

  /** A node asks for a key to be deleted, its own or another's. */
  deleting(key: string, asker: Life, sentNs: RunNs): void {
    this.#deletions.push({ ...this.#granter, key, asker, sentNs });
  }

  /** It was told that what it asked for at `sentNs` was carried out. */
  deleted(key: string, sentNs: RunNs, revision: string): void {
    answered(this.#deletions, (asked) => asked.key === key && asked.sentNs === sentNs, { revision });
  }

  /** It learned that what it asked for at `sentNs` was not carried out. */
  notDeleted(key: string, sentNs: RunNs): void {
    answered(this.#deletions, (asked) => asked.key === key && asked.sentNs === sentNs, undefined);
  }

  ownerChanged(event: OwnerEvent): void {
    this.#owners.push({ ...event, ...this.#granter });
  }

  facts(): readonly LeaseFact[] {
    const leases = withRevokes(withGone([...this.#facts.values()], this.#gone), this.#revokes);
    return withEnds(leases, this.#deletions, this.#owners);
  }
}

/** What was asked last and is meant: with what the answer adds; taken out, where it was not carried out. */
function answered<Asked>(all: Asked[], isMeant: (asked: Asked) => boolean, adds: Partial<Asked> | undefined): void {
  const at = all.findLastIndex(isMeant);
  const asked = all[at];
  if (asked === undefined) return;
  if (adds === undefined) all.splice(at, 1);
  else all[at] = { ...asked, ...adds };
}
