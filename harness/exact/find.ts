/** The job that looks IDs up: in some pieces, those that are among given ones or lie in given ranges. */
import type { Hand } from './hand.ts';
import { mix } from './hash.ts';
import { IdTable } from './id-table.ts';
import { Tally, type Tallied } from './tally.ts';
import { type WorkerField, workerOf } from './worker-field.ts';
import { compareWords, type WordsOfId } from './words.ts';

/** IDs of one worker from the low one to the high one, both among them. */
export interface Range {
  readonly worker: number;
  readonly low: bigint;
  readonly high: bigint;
}

export interface FindTask {
  /** Words of the IDs that are looked for everywhere. */
  readonly points: Uint32Array;
  readonly field: WorkerField;
  readonly places: readonly FindPlace[];
  /** For the tables: no input can be made to collide in them. */
  readonly seed: number;
}

export interface FindPlace {
  readonly piece: number;
  /** Ranges that are looked for here alone: words of the low and of the high ID, and workers. */
  readonly bounds: Uint32Array;
  readonly workers: Uint32Array;
}

/** What was found; nothing where it was too much to hold. */
export interface Found {
  readonly tallied?: Tallied;
}

export function find({ points, field, places, seed }: FindTask, hand: Hand): Found {
  const { words, limits } = hand.ground;
  const sought = new Points(points, words, seed);
  const tally = new Tally(words, seed);
  // Points that were asked for can be held.
  const most = Math.max(limits.talliedMax, points.length / words);
  for (const ticket of hand.tickets(places.length)) {
    const { piece, bounds, workers } = places[ticket]!;
    hand.read(piece, (ids, used, from) => {
      if (tally.size > most) return;
      for (let i = sought.next(ids, 0, used); i < used && workers.length === 0; i = sought.next(ids, i + words, used))
        tally.add(ids, i, piece, from + i / words);
      if (workers.length > 0)
        for (let i = 0; i < used; i += words)
          if (isWithin(ids, i, bounds, workers, field, words) || sought.next(ids, i, i + words) === i)
            tally.add(ids, i, piece, from + i / words);
    });
    if (tally.size > most) return {};
  }
  return { tallied: tally.tallied() };
}

function isWithin(
  ids: Uint32Array,
  i: number,
  bounds: Uint32Array,
  workers: Uint32Array,
  field: WorkerField,
  words: WordsOfId,
): boolean {
  const worker = workerOf(ids, i, field);
  for (let k = 0; k < workers.length; k++)
    if (
      workers[k] === worker &&
      compareWords(ids, i, bounds, 2 * k * words, words) >= 0 &&
      compareWords(ids, i, bounds, (2 * k + 1) * words, words) <= 0
    )
      return true;
  return false;
}

/** A set of IDs that most IDs are not in: a small table of bits says so of nearly all of them. */
class Points {
  readonly #table: IdTable;
  readonly #bits: Uint8Array;
  readonly #shift: number;
  readonly #words: WordsOfId;

  constructor(points: Uint32Array, words: WordsOfId, seed: number) {
    this.#words = words;
    const count = points.length / words;
    this.#table = new IdTable(words, count, seed);
    const bits = Math.min(24, Math.max(12, Math.ceil(Math.log2(count * 16 + 1))));
    this.#shift = 32 - bits;
    this.#bits = new Uint8Array(2 ** bits);
    for (let i = 0; i < points.length; i += words) {
      this.#table.add(points, i);
      this.#bits[mix(points[i]! ^ points[i + 1]!) >>> this.#shift] = 1;
    }
  }

  /** The word of the first ID that is among them, from `i` on; `end` where none is. */
  next(ids: Uint32Array, i: number, end: number): number {
    const bits = this.#bits;
    const shift = this.#shift;
    const words = this.#words;
    for (; i < end; i += words)
      if (bits[mix(ids[i]! ^ ids[i + 1]!) >>> shift] === 1 && this.#table.find(ids, i) >= 0) return i;
    return end;
  }
}
