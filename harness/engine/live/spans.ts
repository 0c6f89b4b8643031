/**
 * Which parts of the number line hold IDs. Two spans that do not meet have no ID in common: that is how most of a run is
 * known to be free of duplicates without looking at an ID twice. Pure.
 */

/** Closed on both ends. */
export interface Span {
  readonly low: bigint;
  readonly high: bigint;
}

/** More intervals than this are joined in pairs: what lies between two of them then counts as taken, too. */
const INTERVALS_MAX = 20_000;

/** Intervals in order, none of which meets another. */
export class Spans {
  #lows: bigint[] = [];
  #highs: bigint[] = [];

  get length(): number {
    return this.#lows.length;
  }

  /**
   * Adds a span and returns where it meets what was there before. `after`: the end of the interval that it goes on from;
   * the two become one where nothing lies between them, so that a line of minting stays one interval.
   */
  add({ low, high }: Span, after?: bigint): readonly Span[] {
    const met = this.meets({ low, high });
    const first = this.#firstThatEndsFrom(low);
    const end = first + met.length;
    const from = after !== undefined && first > 0 && this.#highs[first - 1] === after ? first - 1 : first;
    const joined =
      from === end ? { low, high } : { low: lower(this.#lows[from]!, low), high: greater(this.#highs[end - 1]!, high) };
    this.#lows.splice(from, end - from, joined.low);
    this.#highs.splice(from, end - from, joined.high);
    if (this.#lows.length > INTERVALS_MAX) this.#joinPairs();
    return met;
  }

  /** Where a span meets what is there. */
  meets({ low, high }: Span): readonly Span[] {
    const met: Span[] = [];
    for (let each = this.#firstThatEndsFrom(low); each < this.#lows.length && this.#lows[each]! <= high; each++)
      met.push({ low: greater(this.#lows[each]!, low), high: lower(this.#highs[each]!, high) });
    return met;
  }

  #firstThatEndsFrom(low: bigint): number {
    // Nearly always it comes after all others.
    let [from, to] = [0, this.#highs.length];
    if (to > 0 && this.#highs[to - 1]! < low) return to;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#highs[middle]! < low) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #joinPairs(): void {
    const pairs = Math.ceil(this.#lows.length / 2);
    const highs = this.#highs;
    this.#lows = Array.from({ length: pairs }, (_, pair) => this.#lows[2 * pair]!);
    this.#highs = Array.from({ length: pairs }, (_, pair) => highs[Math.min(2 * pair + 1, highs.length - 1)]!);
  }
}

const lower = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
