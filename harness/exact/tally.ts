/** Counts IDs and keeps where each was seen first. Pure. */
import { IdTable } from './id-table.ts';
import type { Piece } from './pieces.ts';
import type { Duplicate, Sighting } from './segment.ts';
import { toBigint, type WordsOfId } from './words.ts';

export const SIGHTINGS_KEPT = 4;

/** What a tally holds, as a thread hands it over: by entry. */
export interface Tallied {
  readonly ids: Uint32Array;
  readonly totals: Float64Array;
  /** Pairs of piece and index in it, `SIGHTINGS_KEPT` each, in ascending order; as many as were seen. */
  readonly sightings: Uint32Array;
  readonly size: number;
}

export class Tally {
  readonly #words: WordsOfId;
  readonly #table: IdTable;
  #totals: Float64Array;
  #sightings: Uint32Array;

  constructor(words: WordsOfId, seed: number) {
    this.#words = words;
    this.#table = new IdTable(words, 512, seed);
    this.#totals = new Float64Array(this.#table.capacity);
    this.#sightings = new Uint32Array(this.#table.capacity * SIGHTINGS_KEPT * 2);
  }

  /** Different IDs. */
  get size(): number {
    return this.#table.size;
  }

  /** One more sighting of the ID at word `i`. */
  add(ids: Uint32Array, i: number, piece: number, index: number): void {
    const entry = this.#entryOf(ids, i);
    this.#see(entry, Math.min(this.#totals[entry]!, SIGHTINGS_KEPT), piece, index);
    this.#totals[entry]!++;
  }

  addAll({ ids, totals, sightings, size }: Tallied): void {
    for (let from = 0; from < size; from++) {
      const entry = this.#entryOf(ids, from * this.#words);
      for (let k = 0; k < Math.min(totals[from]!, SIGHTINGS_KEPT); k++) {
        const at = (from * SIGHTINGS_KEPT + k) * 2;
        this.#see(entry, Math.min(this.#totals[entry]! + k, SIGHTINGS_KEPT), sightings[at]!, sightings[at + 1]!);
      }
      this.#totals[entry]! += totals[from]!;
    }
  }

  #entryOf(ids: Uint32Array, i: number): number {
    const entry = this.#table.add(ids, i);
    if (entry >= this.#totals.length) {
      const [totals, sightings] = [this.#totals, this.#sightings];
      this.#totals = new Float64Array(this.#table.capacity);
      this.#totals.set(totals);
      this.#sightings = new Uint32Array(this.#table.capacity * SIGHTINGS_KEPT * 2);
      this.#sightings.set(sightings);
    }
    return entry;
  }

  /** Keeps the sighting among the first ones of the entry, of which `kept` are there. */
  #see(entry: number, kept: number, piece: number, index: number): void {
    const sightings = this.#sightings;
    const at = entry * SIGHTINGS_KEPT * 2;
    let k = kept;
    for (; k > 0; k--) {
      const [otherPiece, otherIndex] = [sightings[at + 2 * k - 2]!, sightings[at + 2 * k - 1]!];
      if (otherPiece < piece || (otherPiece === piece && otherIndex <= index)) break;
      if (k === SIGHTINGS_KEPT) continue;
      sightings[at + 2 * k] = otherPiece;
      sightings[at + 2 * k + 1] = otherIndex;
    }
    if (k === SIGHTINGS_KEPT) return;
    sightings[at + 2 * k] = piece;
    sightings[at + 2 * k + 1] = index;
  }

  tallied(): Tallied {
    return { ids: this.#table.ids, totals: this.#totals, sightings: this.#sightings, size: this.size };
  }
}

/** The IDs that were seen more than once. */
export interface Repeats {
  readonly surplus: bigint;
  readonly repeated: bigint;
  /** The lowest of them. */
  readonly duplicates: readonly Duplicate[];
}

export function repeatsIn(tally: Tally, words: WordsOfId, pieces: readonly Piece[], most: number): Repeats {
  const { ids, totals, sightings, size } = tally.tallied();
  const lowest = new Lowest<{ readonly id: bigint; readonly entry: number }>(most, ({ id }) => id);
  let surplus = 0;
  let repeated = 0;
  for (let entry = 0; entry < size; entry++) {
    if (totals[entry]! < 2) continue;
    surplus += totals[entry]! - 1;
    repeated++;
    lowest.add({ id: toBigint(ids, entry * words, words), entry });
  }
  const sightingsOf = (entry: number): readonly Sighting[] =>
    Array.from({ length: Math.min(totals[entry]!, SIGHTINGS_KEPT) }, (_, k) => {
      const at = (entry * SIGHTINGS_KEPT + k) * 2;
      const { segment, from } = pieces[sightings[at]!]!;
      return { segment, index: from + sightings[at + 1]! };
    });
  const duplicates = lowest
    .all()
    .map(({ id, entry }) => ({ id, total: BigInt(totals[entry]!), sightings: sightingsOf(entry) }));
  return { surplus: BigInt(surplus), repeated: BigInt(repeated), duplicates };
}

/** The lowest of many, in ascending order, in memory for few. */
export class Lowest<T> {
  readonly #most: number;
  readonly #key: (one: T) => bigint;
  #kept: T[] = [];

  constructor(most: number, key: (one: T) => bigint) {
    this.#most = most;
    this.#key = key;
  }

  add(one: T): void {
    this.#kept.push(one);
    if (this.#kept.length >= 2 * this.#most + 1024) this.#kept = [...this.all()];
  }

  all(): readonly T[] {
    const key = this.#key;
    return this.#kept.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)).slice(0, this.#most);
  }
}
