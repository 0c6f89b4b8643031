/** One lane of the recorder: a minter whose IDs are those of a service's answers. */
import type { Holding, Minter, Written } from '../../harness/core/generator.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import type { Asker } from './asker.ts';
import type { FewWords } from './few-words.ts';
import type { IdBuffer } from './id-buffer.ts';

export class RecordingLane implements Minter {
  readonly #asker: Asker;
  readonly #ids: IdBuffer;
  readonly #holding: Holding;
  readonly #words: FewWords;
  /** IDs of the last answer that went into the caller's buffer. */
  #given = 0;

  constructor(asker: Asker, ids: IdBuffer, holding: Holding, words: FewWords) {
    this.#asker = asker;
    this.#ids = ids;
    this.#holding = holding;
    this.#words = words;
  }

  async mint(into: BigUint64Array, count: number): Promise<number> {
    const ids = this.#ids;
    ids.clear();
    try {
      await this.#asker.ask(count, ids);
    } catch (error) {
      throw error instanceof ServiceFault ? this.#words.of(error) : error;
    } finally {
      this.#given = Math.min(count, ids.length);
      into.set(ids.words(0, this.#given));
    }
    return this.#given;
  }

  /** A service that gives a hundred at a time minted a hundred. */
  extras(): BigUint64Array {
    return this.#ids.words(this.#given);
  }

  /** A number of JSON that is greater than JavaScript holds reaches clients as JavaScript would hold it. */
  encode(ids: BigUint64Array): readonly (bigint | number)[] | undefined {
    const { inexact, perId } = this.#ids;
    if (inexact.length === 0) return undefined;
    const all: (bigint | number)[] = Array.from({ length: ids.length / perId }, (_, at) =>
      perId === 1 ? ids[at]! : (ids[2 * at + 1]! << 64n) | ids[2 * at]!,
    );
    for (const at of inexact) if (at < all.length) all[at] = Number(all[at]);
    return all;
  }

  written(): readonly Written[] | undefined {
    return this.#ids.written(this.#given);
  }

  holding(): Holding {
    return this.#holding;
  }

  close(): Promise<void> {
    this.#asker.close();
    return Promise.resolve();
  }
}
