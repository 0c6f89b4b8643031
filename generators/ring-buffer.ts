/**
 * Snowflake with a ring of IDs made ready in the background, so that a burst does not wait for the clock.
 *
 * An ID in the ring was good when it was made. When it is handed out the clock is read again, and the ring is trusted no
 * further than that: it is thrown away when the fence has fallen or the tenure has changed, and so is what has become
 * stale while nobody asked; what carries a time that the clock has not reached (it went back) is not handed out.
 */
import type { Generator } from '../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from './snowflake.ts';
import type { Promise_ } from '../harness/core/guarantee.ts';
import type { Tenure } from './snowflake.ts';

/** IDs that are made ready at the most, and how few there may be before more are made. */
const CAPACITY = 1024;
const REFILL_BELOW = CAPACITY / 2;
const REFILL_EVERY_MS = 10;
/** How old an ID may be when it is handed out. */
export const FRESH_MS = 100;

interface Ready {
  readonly id: bigint;
  /** The clock reading inside it. */
  readonly ms: number;
}

export class RingMinter extends SnowflakeMinter {
  #ring: Ready[] = [];
  /** What the ring was filled under. */
  #owner: Tenure | undefined;
  /** A call of `mint` waits for the clock: what is made meanwhile would come between its IDs. */
  #waiting = false;

  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    const filled = this.#drain(into, count);
    if (filled > 0) return filled;
    // Whatever the ring still holds is ahead of the clock; what is minted now comes after it.
    this.discard();
    const minted = super.mint(into, count);
    if (typeof minted === 'number') return minted;
    this.#waiting = true;
    return minted.finally(() => {
      this.#waiting = false;
    });
  }

  protected override async serve(tenure: Tenure): Promise<void> {
    await Promise.race([super.serve(tenure), this.#keepFilled(tenure)]);
  }

  protected override drop(tenure: Tenure): void {
    super.drop(tenure);
    this.discard();
  }

  /** Hands out IDs of the ring for as long as they are good; how many. */
  #drain(into: BigUint64Array, count: number): number {
    const tenure = this.tenure;
    if (tenure === undefined || tenure !== this.#owner) this.discard();
    let filled = 0;
    while (filled < count && tenure !== undefined) {
      const next = this.#ring[0];
      if (next === undefined) break;
      const now = this.readClock(tenure);
      if (typeof now === 'string') {
        this.discard();
        break;
      }
      if (this.isAheadOf(next, now)) break;
      this.#ring.shift();
      if (this.isFresh(next, now)) into[filled++] = next.id;
    }
    return filled;
  }

  protected isFresh({ ms }: { readonly ms: number }, now: number): boolean {
    return now - ms <= FRESH_MS;
  }

  protected isAheadOf({ ms }: { readonly ms: number }, now: number): boolean {
    return ms > now;
  }

  protected discard(): void {
    this.#ring = [];
  }

  async #keepFilled(tenure: Tenure): Promise<void> {
    while (!tenure.lost) {
      if (!this.#waiting) this.#refill(tenure);
      await this.env.sleep(REFILL_EVERY_MS);
    }
  }

  /** As many as can be had without waiting, where there are few, or stale ones. */
  #refill(tenure: Tenure): void {
    const [oldest] = this.#ring;
    if (this.#owner !== tenure || (oldest !== undefined && !this.isFresh(oldest, this.env.wallMs()))) this.discard();
    if (this.#ring.length >= REFILL_BELOW) return;
    this.#owner = tenure;
    while (this.#ring.length < CAPACITY) {
      const id = this.nextId(tenure);
      if (typeof id !== 'bigint') return;
      this.#ring.push({ id, ms: this.lastMs });
    }
  }
}

export default {
  name: 'ring-buffer',
  summary: '41/10/12 Snowflake that hands out IDs made ready up to 100 ms before.',
  promises: PROMISES.map((promise): Promise_ =>
    promise.guarantee === 'time-honest' ? { ...promise, pastMs: 1 + FRESH_MS } : promise,
  ),
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new RingMinter(env)) },
} satisfies Generator;
