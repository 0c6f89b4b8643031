/**
 * Finds IDs that are alike in 48 or so bits of hash: no others can be equal. Those few are then looked up as they are.
 *
 * Each pass over the files takes the IDs of some buckets, by the upper bits of their hash, and keeps of each no more than
 * 32 further bits, its fingerprint: 4 bytes an ID, whatever its length. So a billion IDs take three or four passes in a
 * GiB, and the last pass, which finds the IDs themselves and where they stand, sees all duplicates and a few thousand
 * others.
 */
import type { Hand } from './hand.ts';
import { Hasher, type Seed } from './hash.ts';
import { IdTable } from './id-table.ts';
import { Tally, type Tallied } from './tally.ts';
import type { WordsOfId } from './words.ts';

/** What hashes of IDs say of their buckets. */
export interface Buckets {
  readonly seed: Seed;
  /** The bucket is what remains of the hash's upper word, shifted so far. */
  readonly shift: number;
}

/** A pass: some buckets, each with room for so many fingerprints. */
export interface ScatterTask extends Buckets {
  readonly first: number;
  readonly buckets: number;
  readonly room: number;
  /** Uint32: `buckets` times `room` fingerprints. */
  readonly region: SharedArrayBuffer;
  /** Int32: fingerprints in each bucket, and behind them whether one had no room. */
  readonly filled: SharedArrayBuffer;
}

/** Fingerprints are written so many at once, a line of the CPU's cache: one by one each would cost a miss of its own. */
export const LINE = 16;

export function scatter(task: ScatterTask, hand: Hand): void {
  const scattering = new Scattering(task, hand.ground.words);
  for (const piece of hand.tickets(hand.ground.pieces.length)) {
    if (scattering.overflowed) return;
    hand.read(piece, (ids, used) => scattering.take(ids, used));
  }
  scattering.flush();
}

class Scattering {
  readonly #task: ScatterTask;
  readonly #hasher: Hasher;
  readonly #region: Uint32Array;
  readonly #filled: Int32Array;
  readonly #lines: Uint32Array;
  /** Where the next fingerprint of each bucket goes in its line. */
  readonly #next: Uint32Array;

  constructor(task: ScatterTask, words: WordsOfId) {
    this.#task = task;
    this.#hasher = new Hasher(task.seed, words);
    this.#region = new Uint32Array(task.region);
    this.#filled = new Int32Array(task.filled);
    this.#lines = new Uint32Array(task.buckets * LINE);
    this.#next = Uint32Array.from({ length: task.buckets }, (_, bucket) => bucket * LINE);
  }

  get overflowed(): boolean {
    return Atomics.load(this.#filled, this.#task.buckets) !== 0;
  }

  take(ids: Uint32Array, used: number): void {
    this.#hasher.eachBlock(ids, used, (_, count) => this.#scatter(count));
  }

  #scatter(hashes: number): void {
    const { shift, first, buckets } = this.#task;
    const { upper, lower } = this.#hasher;
    const lines = this.#lines;
    const next = this.#next;
    for (let k = 0; k < hashes; k++) {
      const bucket = (upper[k]! >>> shift) - first;
      if (bucket < 0 || bucket >= buckets) continue;
      const at = next[bucket]!;
      lines[at] = lower[k]!;
      if ((at + 1) % LINE === 0) {
        this.#write(bucket, LINE);
        next[bucket] = bucket * LINE;
      } else next[bucket] = at + 1;
    }
  }

  #write(bucket: number, count: number): void {
    const lines = this.#lines;
    const region = this.#region;
    const { room } = this.#task;
    const at = Atomics.add(this.#filled, bucket, count);
    if (at + count > room) {
      Atomics.store(this.#filled, this.#task.buckets, 1);
      return;
    }
    const from = bucket * LINE;
    const to = bucket * room + at;
    for (let k = 0; k < count; k++) region[to + k] = lines[from + k]!;
  }

  flush(): void {
    for (const [bucket, at] of this.#next.entries()) if (at > bucket * LINE) this.#write(bucket, at - bucket * LINE);
  }
}

export type AlikeTask = ScatterTask;

/** Buckets and fingerprints that two IDs or more have, in pairs; nothing where there were too many to hold. */
export function alike(task: AlikeTask, hand: Hand): { readonly pairs?: Uint32Array } {
  const [region, filled] = [new Uint32Array(task.region), new Int32Array(task.filled)];
  const within = new AlikeInBucket(task.room);
  const pairs: number[] = [];
  for (const bucket of hand.tickets(task.buckets)) {
    const from = bucket * task.room;
    for (const fingerprint of within.of(region, from, from + filled[bucket]!)) {
      pairs.push(task.first + bucket, fingerprint);
      if (pairs.length > 2 * hand.ground.limits.alikeMax) return {};
    }
  }
  return { pairs: Uint32Array.from(pairs) };
}

const FEW_WORDS = 2 ** 11 - 1;
const NONE = new Uint32Array();

/** Of numbers in order, those that are there twice or more, once each. */
function twice(sorted: Uint32Array): Uint32Array {
  return sorted.filter((number, k) => number === sorted[k - 1] && number !== sorted[k - 2]);
}

/** Which fingerprints of a bucket are there twice or more. */
class AlikeInBucket {
  /** A bit for many fingerprints, about one in sixteen of them set: it finds all that are there twice, and a few others. */
  readonly #bits: Uint32Array;
  readonly #shift: number;
  /** The same for those few, so that a core's fastest cache holds it. */
  readonly #fewBits = new Uint32Array(FEW_WORDS + 1);
  readonly #suspected: Uint32Array;
  readonly #met: Uint32Array;

  constructor(room: number) {
    const bits = Math.min(31, Math.max(10, Math.ceil(Math.log2(room * 16))));
    this.#bits = new Uint32Array(2 ** (bits - 5));
    this.#shift = 32 - bits;
    this.#suspected = new Uint32Array(room);
    this.#met = new Uint32Array(room);
  }

  of(region: Uint32Array, from: number, to: number): Uint32Array {
    const bits = this.#bits;
    const fewBits = this.#fewBits;
    const shift = this.#shift;
    const suspected = this.#suspected;
    const met = this.#met;
    bits.fill(0);
    let suspects = 0;
    for (let i = from; i < to; i++) {
      const fingerprint = region[i]!;
      const bit = fingerprint >>> shift;
      const mask = 1 << (bit & 31);
      const word = bits[bit >>> 5]!;
      if ((word & mask) === 0) bits[bit >>> 5] = word | mask;
      else suspected[suspects++] = fingerprint;
    }
    if (suspects === 0) return NONE;
    fewBits.fill(0);
    for (let k = 0; k < suspects; k++) fewBits[(suspected[k]! >>> 5) & FEW_WORDS]! |= 1 << (suspected[k]! & 31);
    let again = 0;
    for (let i = from; i < to; i++) {
      const fingerprint = region[i]!;
      if ((fewBits[(fingerprint >>> 5) & FEW_WORDS]! & (1 << (fingerprint & 31))) !== 0) met[again++] = fingerprint;
    }
    return twice(met.subarray(0, again).sort());
  }
}

export interface ResolveTask extends Buckets {
  /** As `alike` gave them. */
  readonly pairs: Uint32Array;
  readonly tableSeed: number;
}

/** All IDs whose bucket and fingerprint are among the pairs, and where they stand; nothing where they were too many. */
export function resolve({ seed, shift, pairs, tableSeed }: ResolveTask, hand: Hand): { readonly tallied?: Tallied } {
  const { words, pieces, limits } = hand.ground;
  const table = new IdTable(2, pairs.length / 2, tableSeed);
  const bitsLog = Math.min(28, Math.max(15, Math.ceil(Math.log2(pairs.length * 16 + 1))));
  const bits = new Uint32Array(2 ** (bitsLog - 5));
  const bitShift = 32 - bitsLog;
  for (let i = 0; i < pairs.length; i += 2) {
    table.add(pairs, i);
    const bit = pairs[i + 1]! >>> bitShift;
    bits[bit >>> 5]! |= 1 << (bit & 31);
  }
  const tally = new Tally(words, tableSeed);
  const pair = new Uint32Array(2);
  const hasher = new Hasher(seed, words);
  const { upper, lower } = hasher;
  const look = (ids: Uint32Array, at: number, hashes: number, piece: number, from: number): void => {
    for (let k = 0; k < hashes; k++) {
      const bit = lower[k]! >>> bitShift;
      if ((bits[bit >>> 5]! & (1 << (bit & 31))) === 0) continue;
      pair[0] = upper[k]! >>> shift;
      pair[1] = lower[k]!;
      if (table.find(pair, 0) >= 0) tally.add(ids, at + k * words, piece, from + at / words + k);
    }
  };
  for (const piece of hand.tickets(pieces.length)) {
    hand.read(piece, (ids, used, from) => {
      if (tally.size <= limits.talliedMax)
        hasher.eachBlock(ids, used, (at, hashes) => look(ids, at, hashes, piece, from));
    });
    if (tally.size > limits.talliedMax) return {};
  }
  return { tallied: tally.tallied() };
}
