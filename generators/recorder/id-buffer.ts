/** IDs of one answer, as many as it holds; its memory is used again for the next. */

/** The greatest number that JavaScript holds exactly, and with it most readers of JSON. */
const EXACT_MAX = BigInt(Number.MAX_SAFE_INTEGER);

export class IdBuffer {
  readonly perId: 1 | 2;
  #words: BigUint64Array;
  #length = 0;
  #inexact: number[] = [];

  /** `perId`: 64-bit words of an ID. */
  constructor(perId: 1 | 2) {
    this.perId = perId;
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
  }

  push(id: bigint): void {
    const at = this.#length * this.perId;
    if (at === this.#words.length) this.#grow();
    this.#words[at] = id; // takes the low 64 bits
    if (this.perId === 2) this.#words[at + 1] = id >> 64n;
    this.#length++;
  }

  /** An ID that came as a number of JSON. */
  pushNumber(id: bigint): void {
    const signed = BigInt.asIntN(64 * this.perId, id);
    if (id > EXACT_MAX && (signed > EXACT_MAX || signed < -EXACT_MAX)) this.#inexact.push(this.#length);
    this.push(id);
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
