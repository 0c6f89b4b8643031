/**
 * A hash of IDs, drawn anew by each call, so that no input can be made to suit it. Pure.
 *
 * It is a permutation of 64 bits: two 64-bit IDs never share all of them. 128 bits are folded into 64 first. It is no
 * cipher: who knew the seed could aim at one bucket, and would make the check slow, never wrong.
 */

import type { WordsOfId } from './words.ts';

/** Random 32-bit words, one for each round and each step of the folding. */
export type Seed = Int32Array;
const SEED_WORDS = 5;

/** Odd; 2^32 by the golden ratio. Brings the upper word, of which only some bits choose a bucket, into the lower one. */
export const SPREAD = 0x9e3779b1;

/** One 32-bit number well mixed; it is a permutation. Wellons' lowbias32 without its last shift. */
export function mix(x: number): number {
  const once = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  return Math.imul(once ^ (once >>> 15), 0x846ca68b);
}

/** A seed of one number, for a hash that has to be the same again. */
export function seedOf(number: number): Seed {
  const seed = new Int32Array(SEED_WORDS);
  for (let k = 0, x = number | 0; k < SEED_WORDS; k++) {
    x = (x + 0x9e3779b9) | 0;
    seed[k] = mix(x) ^ (mix(x) >>> 16);
  }
  return seed;
}

/** IDs that are hashed in one go: hashes and IDs stay in a core's fastest cache. */
const BLOCK = 1024;

/** Hashes many IDs: 64 bits of each, in two arrays. */
export class Hasher {
  /** The upper 32 bits, and the lower ones, of the hashes of a block. */
  readonly upper = new Uint32Array(BLOCK);
  readonly lower = new Uint32Array(BLOCK);
  readonly #seed: Seed;
  readonly #words: WordsOfId;

  constructor(seed: Seed, words: WordsOfId) {
    this.#seed = seed;
    this.#words = words;
  }

  /** Goes over the first `used` words block by block: `each` is told of the word and the count of those hashed. */
  eachBlock(ids: Uint32Array, used: number, each: (at: number, count: number) => void): void {
    const words = this.#words;
    for (let at = 0; at < used; at += BLOCK * words) {
      const end = Math.min(used, at + BLOCK * words);
      if (words === 2) this.#hash64(ids, at, end);
      else this.#hash128(ids, at, end);
      each(at, (end - at) / words);
    }
  }

  #hash64(ids: Uint32Array, at: number, end: number): void {
    const { upper, lower } = this;
    const s0 = this.#seed[0]!;
    const s1 = this.#seed[1]!;
    for (let i = at, k = 0; i < end; i += 2, k++) {
      const low = ids[i]!;
      const above = mix(ids[i + 1]! ^ mix(low ^ s0) ^ s1);
      upper[k] = above;
      lower[k] = low ^ Math.imul(above, SPREAD);
    }
  }

  #hash128(ids: Uint32Array, at: number, end: number): void {
    const { upper, lower } = this;
    const s0 = this.#seed[0]!;
    const s1 = this.#seed[1]!;
    const s2 = this.#seed[2]!;
    const s3 = this.#seed[3]!;
    const s4 = this.#seed[4]!;
    for (let i = at, k = 0; i < end; i += 4, k++) {
      const top = ids[i + 3]!;
      const fold = mix(ids[i + 2]! ^ mix(top ^ s3) ^ s4);
      const low = ids[i]! ^ fold;
      const above = mix(ids[i + 1]! ^ mix(fold ^ top ^ s2) ^ mix(low ^ s0) ^ s1);
      upper[k] = above;
      lower[k] = low ^ Math.imul(above, SPREAD);
    }
  }
}
