/**
 * Order of emission within a piece, and of pieces within their owner's line: backward steps, lowest and highest ID, and
 * how far an ID ever lay below one before it. Pure.
 *
 * The loops look at neighbours only. A rising stretch has its least ID at its beginning and its greatest at its end, so
 * everything else is done where one ends.
 */
import type { BackwardStep, Inversion, OwnerOrder, Segment } from './segment.ts';
import type { Piece } from './pieces.ts';
import { compareWords, copyWords, toBigint, type WordsOfId } from './words.ts';

/** What is known of a piece; indices count from its first ID. */
export interface PieceOrder {
  readonly first: bigint;
  readonly last: bigint;
  readonly min: bigint;
  readonly minAt: number;
  readonly max: bigint;
  readonly backward: number;
  readonly steps: readonly { readonly at: number; readonly before: bigint; readonly after: bigint }[];
  readonly inversion?: { readonly at: number; readonly highest: bigint; readonly after: bigint };
}

/** Slots of IDs that are kept while a piece is read. */
const FIRST = 0;
const PREVIOUS = 1;
const MIN = 2;
const MAX = 3;
/** How far back the ID farthest back is, the highest before it, and itself. */
const BY = 4;
const HIGHEST = 5;
const AFTER = 6;
const SLOTS = 7;

/** Reads one piece, chunk by chunk. */
export class OrderReader {
  readonly #words: WordsOfId;
  readonly #kept: Uint32Array;
  readonly #difference: Uint32Array;
  readonly #steps: { at: number; before: bigint; after: bigint }[] = [];
  readonly #stepsMax: number;
  #read = 0;
  #minAt = 0;
  #inversionAt = -1;
  #backward = 0;

  constructor(words: WordsOfId, stepsMax: number) {
    this.#words = words;
    this.#stepsMax = stepsMax;
    this.#kept = new Uint32Array(SLOTS * words);
    this.#difference = new Uint32Array(words);
  }

  /** The next IDs: the first `used` words. */
  take(ids: Uint32Array, used: number): void {
    const words = this.#words;
    if (used === 0) return;
    let from = 0;
    if (this.#read === 0) {
      for (const slot of [FIRST, PREVIOUS, MIN, MAX]) copyWords(ids, 0, this.#kept, slot * words, words);
      from = words;
    }
    if (words === 2) this.#rise64(ids, from, used);
    else this.#rise128(ids, from, used);
    copyWords(ids, used - words, this.#kept, PREVIOUS * words, words);
    this.#read += used / words;
  }

  /**
   * Of IDs by chance every other one is a step, and a branch that is guessed wrong every other time is what a loop can
   * least afford: where the upper words differ, steps are counted without one. Few can be anything more: the end of a
   * stretch that is the highest so far, and what lies as far back as any before, which the lowest so far always does.
   */
  #rise64(ids: Uint32Array, from: number, used: number): void {
    const kept = this.#kept;
    let low = kept[PREVIOUS * 2]!;
    let high = kept[PREVIOUS * 2 + 1]!;
    let max = kept[MAX * 2 + 1]!;
    let by = this.#steps.length < this.#stepsMax ? 0 : kept[BY * 2 + 1]!;
    let steps = 0;
    for (let i = from; i < used; i += 2) {
      const l = ids[i]!;
      const h = ids[i + 1]!;
      // Of 31 bits each: the difference has 32, and its sign is right.
      const rise = (h >>> 1) - (high >>> 1);
      if (rise === 0 || high >= max || max - h >= by) {
        if (h < high || (h === high && l <= low)) {
          this.#step(ids, i);
          max = kept[MAX * 2 + 1]!;
          by = this.#steps.length < this.#stepsMax ? 0 : kept[BY * 2 + 1]!;
        }
      } else steps += rise >>> 31;
      low = l;
      high = h;
    }
    this.#backward += steps;
  }

  #rise128(ids: Uint32Array, from: number, used: number): void {
    const at = PREVIOUS * 4;
    let a = this.#kept[at]!;
    let b = this.#kept[at + 1]!;
    let c = this.#kept[at + 2]!;
    let d = this.#kept[at + 3]!;
    for (let i = from; i < used; i += 4) {
      const e = ids[i]!;
      const f = ids[i + 1]!;
      const g = ids[i + 2]!;
      const h = ids[i + 3]!;
      const rises = h !== d ? h > d : g !== c ? g > c : f !== b ? f > b : e > a;
      if (!rises) this.#step(ids, i);
      a = e;
      b = f;
      c = g;
      d = h;
    }
  }

  /** The ID at word `i` is no greater than the one before it. Highest words mostly tell that it is no extreme. */
  #step(ids: Uint32Array, i: number): void {
    const words = this.#words;
    const kept = this.#kept;
    const top = words - 1;
    const before = i > 0 ? ids : kept;
    const b = i > 0 ? i - words : PREVIOUS * words;
    const at = this.#read + i / words;
    this.#backward++;
    if (this.#steps.length < this.#stepsMax)
      this.#steps.push({ at, before: toBigint(before, b, words), after: toBigint(ids, i, words) });
    if (before[b + top]! >= kept[MAX * words + top]! && compareWords(before, b, kept, MAX * words, words) > 0)
      copyWords(before, b, kept, MAX * words, words);
    if (ids[i + top]! <= kept[MIN * words + top]! && compareWords(ids, i, kept, MIN * words, words) < 0) {
      copyWords(ids, i, kept, MIN * words, words);
      this.#minAt = at;
    }
    if (kept[MAX * words + top]! - ids[i + top]! >= kept[BY * words + top]!) this.#invert(ids, i, at);
  }

  #invert(ids: Uint32Array, i: number, at: number): void {
    const words = this.#words;
    const kept = this.#kept;
    const difference = this.#difference;
    let borrow = 0;
    for (let k = 0; k < words; k++) {
      const rest = kept[MAX * words + k]! - ids[i + k]! - borrow;
      borrow = rest < 0 ? 1 : 0;
      difference[k] = rest;
    }
    if (this.#inversionAt >= 0 && compareWords(difference, 0, kept, BY * words, words) <= 0) return;
    copyWords(difference, 0, kept, BY * words, words);
    copyWords(kept, MAX * words, kept, HIGHEST * words, words);
    copyWords(ids, i, kept, AFTER * words, words);
    this.#inversionAt = at;
  }

  /** What was read; there was one ID at least. */
  end(): PieceOrder {
    const id = (slot: number): bigint => toBigint(this.#kept, slot * this.#words, this.#words);
    return {
      first: id(FIRST),
      last: id(PREVIOUS),
      min: id(MIN),
      minAt: this.#minAt,
      max: id(MAX) > id(PREVIOUS) ? id(MAX) : id(PREVIOUS),
      backward: this.#backward,
      steps: this.#steps,
      ...(this.#inversionAt >= 0 && {
        inversion: { at: this.#inversionAt, highest: id(HIGHEST), after: id(AFTER) },
      }),
    };
  }
}

/** Joins the pieces, as `cut` gave them, to their owners' lines, with steps and inversions across the edges of pieces. */
export function joinOrders(
  segments: readonly Segment[],
  pieces: readonly Piece[],
  orders: readonly PieceOrder[],
  stepsMax: number,
): readonly OwnerOrder[] {
  const owners: OwnerOrder[] = [];
  for (const [index, piece] of pieces.entries()) {
    const start = BigInt(segments[piece.segment]!.first) + BigInt(piece.from);
    const line = lineOf(orders[index]!, piece, start);
    const before = owners.at(-1);
    if (before?.owner === piece.owner)
      owners[owners.length - 1] = joined(before, line, orders[index]!, start, stepsMax);
    else owners.push(line);
  }
  return owners;
}

function lineOf(order: PieceOrder, { owner, count }: Piece, start: bigint): OwnerOrder {
  const { first, last, min, max, backward, steps, inversion } = order;
  return {
    ...{ owner, emissions: BigInt(count), first, last, min, max, backward: BigInt(backward) },
    steps: steps.map(({ at, before, after }) => ({ position: start + BigInt(at), before, after })),
    ...(inversion && { largestInversion: { ...pick(inversion), position: start + BigInt(inversion.at) } }),
  };
}

function pick({ highest, after }: { readonly highest: bigint; readonly after: bigint }): {
  highest: bigint;
  after: bigint;
} {
  return { highest, after };
}

function joined(a: OwnerOrder, b: OwnerOrder, later: PieceOrder, start: bigint, stepsMax: number): OwnerOrder {
  const edge: readonly BackwardStep[] = b.first <= a.last ? [{ position: start, before: a.last, after: b.first }] : [];
  const across: Inversion | undefined =
    a.max >= b.min ? { position: start + BigInt(later.minAt), highest: a.max, after: b.min } : undefined;
  const largestInversion = [a.largestInversion, across, b.largestInversion]
    .filter((inversion) => inversion !== undefined)
    .reduce<Inversion | undefined>((most, one) => (most && by(most) >= by(one) ? most : one), undefined);
  return {
    owner: a.owner,
    emissions: a.emissions + b.emissions,
    first: a.first,
    last: b.last,
    min: a.min < b.min ? a.min : b.min,
    max: a.max > b.max ? a.max : b.max,
    backward: a.backward + BigInt(edge.length) + b.backward,
    steps: a.steps.length < stepsMax ? [...a.steps, ...edge, ...b.steps].slice(0, stepsMax) : a.steps,
    ...(largestInversion && { largestInversion }),
  };
}

function by({ highest, after }: Inversion): bigint {
  return highest - after;
}
