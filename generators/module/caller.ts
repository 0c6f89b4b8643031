/** Calls a module's function once for each ID of a batch. */
import { threwInModule } from '../../harness/core/minter-problem.ts';
import type { IdForm } from '../../harness/core/node-program.ts';
import { IdWriter } from './id-writer.ts';
import type { Minted } from './lane-protocol.ts';
import type { NextId } from './load-function.ts';

/** One batch at a time, one call at a time: promises are waited for one after the other. */
export class Caller {
  readonly #next: NextId;
  readonly #writer: IdWriter;

  /** `asWritten`: how each ID was given is told, too. */
  constructor(next: NextId, form: IdForm, idBits: 64 | 128, asWritten = false) {
    this.#next = next;
    this.#writer = new IdWriter(form, idBits, asWritten);
  }

  /** Writes up to `count` IDs to the front of `into`; the first call that gives none ends the batch. Never throws. */
  mint(into: BigUint64Array, count: number): Minted | Promise<Minted> {
    const [next, writer] = [this.#next, this.#writer];
    writer.aim(into);
    let at = 0;
    try {
      for (; at < count; at++) {
        const given = next();
        if (isThenable(given)) return this.#rest(given, at, count);
        const wrong = writer.write(given, at);
        if (wrong !== undefined) return this.#told(at, wrong);
      }
    } catch (error) {
      return this.#told(at, threwInModule(error));
    }
    return this.#told(count);
  }

  async #rest(first: PromiseLike<unknown>, from: number, count: number): Promise<Minted> {
    let at = from;
    let given: unknown = first;
    try {
      for (;;) {
        const wrong = this.#writer.write(await given, at);
        if (wrong !== undefined) return this.#told(at, wrong);
        if (++at === count) return this.#told(count);
        given = this.#next();
      }
    } catch (error) {
      return this.#told(at, threwInModule(error));
    }
  }

  #told(minted: number, error?: string): Minted {
    const { inNumbers, written } = this.#writer;
    return {
      minted,
      ...(error !== undefined && { error }),
      ...(inNumbers && { inNumbers }),
      ...(written !== undefined && { written }),
    };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
