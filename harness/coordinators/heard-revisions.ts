/** Which revision of a coordinator was heard of when: how far back it went, told in time. */
import type { Rollback } from '../core/rollback.ts';
import type { RunNs } from '../core/time.ts';

export class HeardRevisions {
  /** When each was last the newest, in order of time. */
  #known: { readonly revision: bigint; at: RunNs }[] = [];
  #heardAt: RunNs;

  /** `now`: nothing has been heard yet. */
  constructor(now: RunNs) {
    this.#heardAt = now;
  }

  heard(revision: string, at: RunNs): void {
    this.#heardAt = at;
    const newest = this.#known.at(-1);
    if (newest !== undefined && BigInt(revision) <= newest.revision) newest.at = at;
    else this.#known.push({ revision: BigInt(revision), at });
  }

  /**
   * The coordinator is at a revision lower than one that was heard. What it was given after it went back may be among that
   * revision already: as much, it is taken, as it is otherwise given in the time for which it was not heard.
   */
  wentBack(revision: string, at: RunNs): Pick<Rollback, 'from' | 'at' | 'since' | 'revision'> {
    const from = this.#heardAt;
    const remembered = this.#known.findLast((one) => one.revision <= BigInt(revision));
    this.#known = [];
    this.heard(revision, at);
    return { from, at, revision, ...(remembered !== undefined && { since: remembered.at - (at - from) }) };
  }
}
