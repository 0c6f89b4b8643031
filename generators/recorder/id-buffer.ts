/** IDs of one answer, as many as it holds; its memory is used again for the next. */
import type { Written } from '../../harness/core/generator.ts';

/** The greatest number that JavaScript holds exactly, and with it most readers of JSON. */
const EXACT_MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** A number with fewer is exact. */
const EXACT_DIGITS = String(EXACT_MAX).length;
const isExact = (value: bigint): boolean => value <= EXACT_MAX && value >= -EXACT_MAX;

export class IdBuffer {
  readonly perId: 1 | 2;
  #words: BigUint64Array;
  #length = 0;
  #inexact: number[] = [];
  #written: Written[] | undefined;

  /** `perId`: 64-bit words of an ID. `asWritten`: how each ID is written is kept, too. */
  constructor(perId: 1 | 2, asWritten = false) {
    this.perId = perId;
    if (asWritten) this.#written = [];
    this.#words = new BigUint64Array(64 * perId);
  }

  /** IDs in it. */
  get length(): number {
    return this.#length;
  }

  /** Places of IDs that were numbers of JSON greater than JavaScript holds, in rising order. */
  get inexact(): readonly number[] {
    return this.#inexact;
  }

  clear(): void {
    this.#length = 0;
    if (this.#inexact.length > 0) this.#inexact = [];
    if (this.#written !== undefined) this.#written = [];
  }

  /** `text`: how it is written; undefined of bytes. */
  push(id: bigint, text?: string): void {
    if (text !== undefined) this.#written?.push({ as: 'text', words: text });
    this.#append(id);
  }

  #append(id: bigint): void {
    const at = this.#length * this.perId;
    if (at === this.#words.length) this.#grow();
    this.#words[at] = id; // takes the low 64 bits
    if (this.perId === 2) this.#words[at + 1] = id >> 64n;
    this.#length++;
  }

  /** An ID that came as a number of JSON, with these digits. */
  pushNumber(id: bigint, digits: string): void {
    // By its digits: of an ID of any form a digest is kept, which is no number of anybody's.
    if (digits.length >= EXACT_DIGITS && !isExact(BigInt(digits))) this.#inexact.push(this.#length);
    this.#written?.push({ as: 'number', words: digits });
    this.#append(id);
  }

  /** How the first IDs are written; undefined where that is not kept, or the IDs came as bytes. */
  written(count: number): readonly Written[] | undefined {
    return this.#written?.length === this.#length ? this.#written.slice(0, count) : undefined;
  }

  /** The words of the IDs from one place on, to another. They are gone with the next `clear`. */
  words(from = 0, to = this.#length): BigUint64Array {
    return this.#words.subarray(from * this.perId, to * this.perId);
  }

  #grow(): void {
    const words = new BigUint64Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
  }
}
