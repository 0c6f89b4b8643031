/**
 * Compares all IDs, whole, in parts that fit in memory: each pass over the files takes those of some buckets. It is slower
 * than fingerprints, and nothing is too much for it, however many IDs are alike.
 *
 * A bucket that is full is rid of its duplicates, which are counted; no more than its different IDs need room, and of
 * those it has as many as others, whatever the input, because nobody knows the hash.
 */
import type { Buckets } from './fingerprints.ts';
import type { Hand } from './hand.ts';
import { Hasher } from './hash.ts';
import { IdTable } from './id-table.ts';
import { Lowest } from './tally.ts';
import { copyWords, fromBigint, toBigint, type WordsOfId } from './words.ts';

/** A pass: some buckets, in which each thread has room of its own for so many IDs. */
export interface FillTask extends Buckets {
  readonly first: number;
  readonly buckets: number;
  readonly room: number;
  /** Uint32: for each thread the IDs of its buckets. */
  readonly ids: SharedArrayBuffer;
  /** Uint32, of each thread: for each bucket, how many IDs there are, and how many of them, the first, came again. */
  readonly counts: readonly SharedArrayBuffer[];
  /** Pieces of each thread: fixed, so that nobody needs more room than was planned. */
  readonly shares: readonly (readonly number[])[];
  readonly tableSeed: number;
}

function idsOf({ ids, buckets, room }: FillTask, words: WordsOfId, index: number): Uint32Array {
  const length = buckets * room * words;
  return new Uint32Array(ids, index * length * 4, length);
}

/** A bucket that has less than this part free, when it is rid of duplicates, is too full to go on with. */
const FREE_PART = 1 / 8;

/** How many emissions were found to be surplus already; nothing where a bucket had no room. */
export function fill(task: FillTask, hand: Hand): { readonly surplus?: number } {
  const filling = new Filling(task, hand.ground.words, hand.index);
  for (const piece of task.shares[hand.index]!) {
    hand.read(piece, (ids, used) => filling.take(ids, used));
    if (filling.overflowed) return {};
  }
  return { surplus: filling.surplus };
}

class Filling {
  readonly #task: FillTask;
  readonly #words: WordsOfId;
  readonly #ids: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #distinct: Distinct;
  readonly #hasher: Hasher;
  overflowed = false;

  constructor(task: FillTask, words: WordsOfId, index: number) {
    this.#task = task;
    this.#words = words;
    this.#hasher = new Hasher(task.seed, words);
    this.#ids = idsOf(task, words, index);
    this.#counts = new Uint32Array(task.counts[index]!);
    this.#distinct = new Distinct(words, task.room, task.tableSeed);
  }

  get surplus(): number {
    return this.#distinct.surplus;
  }

  take(ids: Uint32Array, used: number): void {
    this.#hasher.eachBlock(ids, used, (at, hashes) => this.#fill(ids, at, hashes));
  }

  #fill(ids: Uint32Array, from: number, hashes: number): void {
    const { shift, first, buckets, room } = this.#task;
    const [words, into, counts, { upper }] = [this.#words, this.#ids, this.#counts, this.#hasher];
    for (let k = 0; k < hashes; k++) {
      const bucket = (upper[k]! >>> shift) - first;
      if (bucket < 0 || bucket >= buckets) continue;
      if (counts[2 * bucket] === room && !this.#makeRoom(bucket)) return;
      const at = (bucket * room + counts[2 * bucket]!++) * words;
      copyWords(ids, from + k * words, into, at, words);
    }
  }

  #makeRoom(bucket: number): boolean {
    const { room } = this.#task;
    this.#distinct.clear();
    this.#distinct.addAll(this.#ids, bucket * room, this.#counts[2 * bucket]!, this.#counts[2 * bucket + 1]!);
    const { size, repeated } = this.#distinct.writeTo(this.#ids, bucket * room);
    this.#counts[2 * bucket] = size;
    this.#counts[2 * bucket + 1] = repeated;
    this.overflowed = room - size < room * FREE_PART;
    return !this.overflowed;
  }
}

export interface SettleTask extends FillTask {
  readonly witnesses: number;
}

/** When all threads have filled the buckets: what is in them twice or more. */
export interface Settled {
  /** IDs that were in them. */
  readonly seen: number;
  readonly surplus: number;
  readonly repeated: number;
  /** Words of the lowest IDs that were minted more than once. */
  readonly lowest: Uint32Array;
}

export function settle(task: SettleTask, hand: Hand): Settled {
  const { words } = hand.ground;
  const distinct = new Distinct(words, task.room * task.counts.length, task.tableSeed);
  const filled = task.counts.map((counts, index) => ({
    ids: idsOf(task, words, index),
    counts: new Uint32Array(counts),
  }));
  const lowest = new Lowest<bigint>(task.witnesses, (id) => id);
  let seen = 0;
  let repeated = 0;
  for (const bucket of hand.tickets(task.buckets)) {
    distinct.clear();
    for (const { ids, counts } of filled) {
      seen += counts[2 * bucket]!;
      distinct.addAll(ids, bucket * task.room, counts[2 * bucket]!, counts[2 * bucket + 1]!);
    }
    for (const id of distinct.repeats()) {
      repeated++;
      lowest.add(id);
    }
  }
  const words32 = new Uint32Array(lowest.all().length * words);
  for (const [at, id] of lowest.all().entries()) fromBigint(id, words32, at * words, words);
  return { seen, surplus: distinct.surplus, repeated, lowest: words32 };
}

/** The different IDs of a bucket, and which of them came again. */
class Distinct {
  readonly #words: WordsOfId;
  readonly #table: IdTable;
  readonly #cameAgain: Uint8Array;
  /** Emissions beyond the first of each ID, of all buckets. */
  surplus = 0;

  constructor(words: WordsOfId, most: number, seed: number) {
    this.#words = words;
    this.#table = new IdTable(words, most, seed);
    this.#cameAgain = new Uint8Array(most);
  }

  clear(): void {
    this.#table.clear();
  }

  /** `count` IDs, the first of them known to have come again. */
  addAll(ids: Uint32Array, from: number, count: number, repeated: number): void {
    for (let k = 0; k < count; k++) {
      const { size } = this.#table;
      const entry = this.#table.add(ids, (from + k) * this.#words);
      if (this.#table.size > size) this.#cameAgain[entry] = k < repeated ? 1 : 0;
      else {
        this.#cameAgain[entry] = 1;
        this.surplus++;
      }
    }
  }

  /** Writes them, those that came again first. */
  writeTo(ids: Uint32Array, from: number): { readonly size: number; readonly repeated: number } {
    const [words, { size }] = [this.#words, this.#table];
    let at = from;
    let repeated = 0;
    for (const wanted of [1, 0]) {
      for (let entry = 0; entry < size; entry++)
        if (this.#cameAgain[entry] === wanted) copyWords(this.#table.ids, entry * words, ids, at++ * words, words);
      if (wanted === 1) repeated = at - from;
    }
    return { size, repeated };
  }

  *repeats(): Iterable<bigint> {
    for (let entry = 0; entry < this.#table.size; entry++)
      if (this.#cameAgain[entry] === 1) yield toBigint(this.#table.ids, entry * this.#words, this.#words);
  }
}
