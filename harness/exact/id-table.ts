/** A set of IDs in typed arrays: open addressing, linear probing. Pure. */
import { compareWords, copyWords } from './words.ts';
import { mix } from './hash.ts';

export class IdTable {
  readonly #words: number;
  readonly #seed: number;
  #mask: number;
  /** The entry of each slot, from 1; 0 is none. */
  #entries: Uint32Array;
  /** IDs by entry, from 0. */
  ids: Uint32Array;
  size = 0;

  /** `words`: of a key. With `capacity` a hint, it grows. `seed`: by chance, so that no input can be made to collide. */
  constructor(words: number, capacity: number, seed: number) {
    this.#words = words;
    this.#seed = seed;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(8, capacity * 2)));
    this.#mask = slots - 1;
    this.#entries = new Uint32Array(slots);
    this.ids = new Uint32Array((slots / 2) * words);
  }

  /** Entries up to which it need not grow. */
  get capacity(): number {
    return (this.#mask + 1) / 2;
  }

  clear(): void {
    this.#entries.fill(0);
    this.size = 0;
  }

  #slotOf(ids: Uint32Array, i: number): number {
    let slot = this.#seed;
    for (let k = 0; k < this.#words; k++) slot = mix(slot ^ ids[i + k]!);
    slot = (slot ^ (slot >>> 16)) & this.#mask;
    for (;;) {
      const entry = this.#entries[slot]!;
      if (entry === 0 || compareWords(this.ids, (entry - 1) * this.#words, ids, i, this.#words) === 0) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** The entry of the ID at `i`; -1 where it is not there. */
  find(ids: Uint32Array, i: number): number {
    return this.#entries[this.#slotOf(ids, i)]! - 1;
  }

  /** The entry of the ID at `i`, made where it was not there. */
  add(ids: Uint32Array, i: number): number {
    let slot = this.#slotOf(ids, i);
    if (this.#entries[slot] === 0) {
      if (this.size === this.capacity) {
        this.#grow();
        slot = this.#slotOf(ids, i);
      }
      copyWords(ids, i, this.ids, this.size * this.#words, this.#words);
      this.#entries[slot] = ++this.size;
    }
    return this.#entries[slot]! - 1;
  }

  #grow(): void {
    const { ids, size } = this;
    this.#mask = this.#mask * 2 + 1;
    this.#entries = new Uint32Array(this.#mask + 1);
    this.ids = new Uint32Array(this.capacity * this.#words);
    this.ids.set(ids);
    for (let entry = 0; entry < size; entry++) this.#entries[this.#slotOf(ids, entry * this.#words)] = entry + 1;
  }
}
