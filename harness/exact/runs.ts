/**
 * The runs of a piece: IDs of one worker that rise, which therefore differ from one another. Pure.
 *
 * A backward step ends a run, and the two IDs beside it belong to none: one of them may be far above its neighbours or far
 * below, and would make a run meet all others. Workers may alternate, as in a file that was merged from several nodes:
 * each has a run of its own that goes on.
 */
import { type WorkerField, workerOf } from './worker-field.ts';
import { compareWords, copyWords, toBigint, type WordsOfId } from './words.ts';

/** IDs of one worker in one piece, strictly rising; others may lie between them. */
export interface Run {
  readonly worker: number;
  readonly count: number;
  readonly low: bigint;
  /** The second, and the last but one; these too where there is no more than one. */
  readonly second: bigint;
  readonly lastButOne: bigint;
  readonly high: bigint;
}

export interface PieceRuns {
  readonly runs: readonly Run[];
  /** IDs in no run. */
  readonly outliers: readonly bigint[];
}

/** Slots of the row that a worker has while its run goes on. */
const LOW = 0;
const SECOND = 1;
const LAST_BUT_ONE = 2;
const HIGH = 3;
const SLOTS = 4;

/** Reads pieces, one after the other. */
export class RunReader {
  readonly #words: WordsOfId;
  readonly #field: WorkerField;
  /** The worker's bits in each of the two words of 64. */
  readonly #maskLow: number;
  readonly #maskHigh: number;
  readonly #rows: Uint32Array;
  /** IDs of the run that goes on. */
  readonly #counts: Float64Array;
  /** Workers that have a row, so that the next piece need not clear all. */
  #seen: number[] = [];
  readonly #isSeen: Uint8Array;
  /** Held as bigints, so few they are. */
  #runs: Run[] = [];
  #outliers: bigint[] = [];
  /** The worker of the ID before, where its run has two IDs at least; else -1. */
  #open = -1;

  constructor(words: WordsOfId, field: WorkerField) {
    this.#words = words;
    this.#field = field;
    const all = BigInt(field.mask) << BigInt(32 * field.word + field.shift);
    this.#maskLow = Number(all & 0xffff_ffffn) | 0;
    this.#maskHigh = Number((all >> 32n) & 0xffff_ffffn) | 0;
    this.#rows = new Uint32Array((field.mask + 1) * SLOTS * words);
    this.#counts = new Float64Array(field.mask + 1);
    this.#isSeen = new Uint8Array(field.mask + 1);
  }

  /** Runs that ended and IDs outside of runs, so far; with those that go on, they are what a piece costs in memory. */
  get held(): { readonly runs: number; readonly outliers: number } {
    return { runs: this.#runs.length + this.#seen.length, outliers: this.#outliers.length };
  }

  /** The next IDs: the first `used` words. */
  take(ids: Uint32Array, used: number): void {
    const words = this.#words;
    for (let i = 0; i < used;) {
      if (this.#open >= 0) {
        const end = words === 2 ? this.#rise64(ids, i, used) : this.#rise128(ids, i, used);
        if (end > i) this.#extend(ids, i, end);
        i = end;
        if (i === used) return;
      }
      this.#one(ids, i);
      i += words;
    }
  }

  /** Where the run of the open worker ends that goes on at `i`. */
  #rise64(ids: Uint32Array, i: number, used: number): number {
    const at = (this.#open * SLOTS + HIGH) * 2;
    let low = this.#rows[at]!;
    let high = this.#rows[at + 1]!;
    const maskLow = this.#maskLow;
    const maskHigh = this.#maskHigh;
    for (; i < used; i += 2) {
      const l = ids[i]!;
      const h = ids[i + 1]!;
      if ((((l ^ low) & maskLow) | ((h ^ high) & maskHigh)) !== 0) return i;
      if (h < high || (h === high && l <= low)) return i;
      low = l;
      high = h;
    }
    return i;
  }

  #rise128(ids: Uint32Array, i: number, used: number): number {
    const open = this.#open;
    const field = this.#field;
    const at = (open * SLOTS + HIGH) * 4;
    let a = this.#rows[at]!;
    let b = this.#rows[at + 1]!;
    let c = this.#rows[at + 2]!;
    let d = this.#rows[at + 3]!;
    for (; i < used; i += 4) {
      const e = ids[i]!;
      const f = ids[i + 1]!;
      const g = ids[i + 2]!;
      const h = ids[i + 3]!;
      if (!(h !== d ? h > d : g !== c ? g > c : f !== b ? f > b : e > a)) return i;
      if (field.mask !== 0 && workerOf(ids, i, field) !== open) return i;
      a = e;
      b = f;
      c = g;
      d = h;
    }
    return i;
  }

  /** The IDs from `i` to before `end` go on with the open run. */
  #extend(ids: Uint32Array, i: number, end: number): void {
    const words = this.#words;
    const row = this.#open * SLOTS * words;
    const count = (end - i) / words;
    if (count === 1) copyWords(this.#rows, row + HIGH * words, this.#rows, row + LAST_BUT_ONE * words, words);
    else copyWords(ids, end - 2 * words, this.#rows, row + LAST_BUT_ONE * words, words);
    copyWords(ids, end - words, this.#rows, row + HIGH * words, words);
    this.#counts[this.#open]! += count;
  }

  /** An ID that may not go on with the run before it. */
  #one(ids: Uint32Array, i: number): void {
    const words = this.#words;
    const rows = this.#rows;
    const counts = this.#counts;
    const worker = workerOf(ids, i, this.#field);
    const row = worker * SLOTS * words;
    const count = counts[worker]!;
    if (count === 0) {
      if (this.#isSeen[worker] === 0) {
        this.#isSeen[worker] = 1;
        this.#seen.push(worker);
      }
      for (let slot = 0; slot < SLOTS; slot++) copyWords(ids, i, rows, row + slot * words, words);
      counts[worker] = 1;
      this.#open = -1;
    } else if (compareWords(ids, i, rows, row + HIGH * words, words) > 0) {
      if (count === 1) copyWords(ids, i, rows, row + SECOND * words, words);
      copyWords(rows, row + HIGH * words, rows, row + LAST_BUT_ONE * words, words);
      copyWords(ids, i, rows, row + HIGH * words, words);
      counts[worker] = count + 1;
      this.#open = worker;
    } else {
      this.#outliers.push(toBigint(rows, row + HIGH * words, words), toBigint(ids, i, words));
      if (count > 1) {
        copyWords(rows, row + LAST_BUT_ONE * words, rows, row + HIGH * words, words);
        this.#close(worker, count - 1);
      }
      counts[worker] = 0;
      this.#open = -1;
    }
  }

  #close(worker: number, count: number): void {
    const words = this.#words;
    const id = (slot: number): bigint => toBigint(this.#rows, (worker * SLOTS + slot) * words, words);
    const [low, second, lastButOne, high] = [id(LOW), id(SECOND), id(LAST_BUT_ONE), id(HIGH)];
    this.#runs.push({ worker, count, low, second, lastButOne, high });
  }

  /** What was read since the last end. */
  end(): PieceRuns {
    for (const worker of this.#seen) {
      if (this.#counts[worker]! > 0) this.#close(worker, this.#counts[worker]!);
      this.#counts[worker] = 0;
      this.#isSeen[worker] = 0;
    }
    const ended = { runs: this.#runs, outliers: this.#outliers };
    this.#runs = [];
    this.#outliers = [];
    this.#seen = [];
    this.#open = -1;
    return ended;
  }
}
