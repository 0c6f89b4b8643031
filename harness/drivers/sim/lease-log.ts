/** What the simulated shells and the coordinator tell of leases: the facts behind `owns-worker-id`. */
import type { OwnerEvent } from '../../core/cluster.ts';
import type { LeaseFact } from '../../core/history.ts';
import type { RunNs } from '../../core/time.ts';

export class LeaseLog {
  readonly #facts = new Map<string, LeaseFact>();

  /** The node was told that its grant, sent at `sentNs`, was accepted. */
  granted(lease: string, node: string, incarnation: number, sentNs: RunNs, ttlMs: number): void {
    this.#facts.set(lease, { lease, node, incarnation, lastSentNs: sentNs, ttlMs });
  }

  /** The node was told that its keep-alive was accepted. Answers may overtake one another: the latest sending counts. */
  kept(lease: string, sentNs: RunNs, ttlMs: number): void {
    const fact = this.#facts.get(lease);
    if (fact !== undefined && sentNs > fact.lastSentNs) this.#facts.set(lease, { ...fact, lastSentNs: sentNs, ttlMs });
  }

  /** The node asked for the end of its lease. */
  givenUp(lease: string, sentNs: RunNs): void {
    const fact = this.#facts.get(lease);
    if (fact !== undefined && fact.givenUpNs === undefined) this.#facts.set(lease, { ...fact, givenUpNs: sentNs });
  }

  /** The node deletes keys, its owner key perhaps. */
  allGivenUp(node: string, incarnation: number, sentNs: RunNs): void {
    for (const fact of this.#facts.values())
      if (fact.node === node && fact.incarnation === incarnation) this.givenUp(fact.lease, sentNs);
  }

  ownerChanged({ what, lease, at }: OwnerEvent): void {
    const fact = what === 'released' && lease !== undefined ? this.#facts.get(lease) : undefined;
    if (fact !== undefined) this.#facts.set(fact.lease, { ...fact, endedNs: at });
  }

  facts(): readonly LeaseFact[] {
    return [...this.#facts.values()];
  }
}
