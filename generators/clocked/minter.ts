/**
 * Fills batches from a clock: what generators without a coordinator have in common. Whoever extends it says what comes
 * next: an ID, how long to wait for one, or why there is none.
 */
import type { GeneratorEnv, Holding, Minter } from '../../harness/core/generator.ts';

/** An ID, a wait in milliseconds because all IDs of a tick are minted, or the reason of a refusal. */
export type Next = bigint | { readonly waitMs: number } | string;

const NS_PER_MS = 1_000_000;
const LOW = 2n ** 64n - 1n;

export abstract class ClockedMinter implements Minter {
  protected readonly env: GeneratorEnv;
  readonly #perId: 1 | 2;
  readonly #patienceMs: number;
  #overflowWaits = 0;

  /** `perId`: 64-bit words of an ID. `patienceMs`: the longest that a call waits before it ends its batch. */
  constructor(env: GeneratorEnv, perId: 1 | 2, patienceMs: number) {
    this.env = env;
    this.#perId = perId;
    this.#patienceMs = patienceMs;
  }

  protected abstract next(): Next;

  abstract holding(): Holding | undefined;

  mint(into: BigUint64Array, count: number): number | Promise<number> {
    return this.#fill(into, 0, count);
  }

  overflowWaits(): number {
    return this.#overflowWaits;
  }

  async close(): Promise<void> {
    // It holds nothing that anybody waits for.
  }

  /** Synchronous for as long as nothing has to be waited for. */
  #fill(into: BigUint64Array, from: number, count: number): number | Promise<number> {
    for (let filled = from; filled < count; filled++) {
      const next = this.next();
      if (typeof next === 'string') return this.#end(filled, next);
      if (typeof next !== 'bigint') return this.#fillWaiting(into, filled, count, next.waitMs);
      this.#put(into, filled, next);
    }
    return count;
  }

  async #fillWaiting(into: BigUint64Array, filled: number, count: number, firstWaitMs: number): Promise<number> {
    this.#overflowWaits++;
    const until = this.env.monotonicNs() + BigInt(Math.round(Math.min(this.#patienceMs, 1e9) * NS_PER_MS));
    for (let waitMs = firstWaitMs; ;) {
      if (waitMs > this.#patienceMs || this.env.monotonicNs() >= until) return this.#end(filled, 'clock behind');
      try {
        await this.env.sleep(waitMs);
      } catch {
        return this.#end(filled, 'closing');
      }
      const next = this.next();
      if (typeof next === 'string') return this.#end(filled, next);
      if (typeof next === 'bigint') {
        this.#put(into, filled, next);
        return this.#fill(into, filled + 1, count);
      }
      waitMs = next.waitMs;
    }
  }

  #put(into: BigUint64Array, index: number, id: bigint): void {
    if (this.#perId === 1) into[index] = id;
    else {
      into[2 * index] = id & LOW;
      into[2 * index + 1] = id >> 64n;
    }
  }

  /** A batch that has IDs ends with them; one that has none is refused. */
  #end(filled: number, reason: string): number {
    if (filled > 0) return filled;
    throw this.env.refusal(reason);
  }
}

/** So many random bits, for uniqueness and not for secrecy. */
export function randomBits(env: GeneratorEnv, bits: number): bigint {
  let value = 0n;
  for (let left = bits; left > 0; left -= 32) {
    const some = Math.min(32, left);
    value = (value << BigInt(some)) | BigInt(Math.floor(env.random() * 2 ** some));
  }
  return value;
}
