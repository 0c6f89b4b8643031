/** Disjoint spans of time, asked about millions of moments. Pure. */
import type { RunNs } from '../core/time.ts';
import type { Span } from './bite.ts';

export class NodeTimes {
  readonly #from: Float64Array;
  readonly #to: Float64Array;

  /** Spans in any order; those that meet become one. Both ends belong to them. */
  constructor(spans: readonly Span[]) {
    const merged = mergedSpans(spans);
    this.#from = Float64Array.from(merged, ({ from }) => from);
    this.#to = Float64Array.from(merged, ({ to }) => to);
  }

  /** Whether any moment from `from` to `to` lies in one of them. */
  touches(from: RunNs, to: RunNs): boolean {
    // The first that ends no earlier than `from`: by halves.
    let [low, high] = [0, this.#to.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#to[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return low < this.#from.length && this.#from[low]! <= to;
  }
}

/** In order of time. Spans that meet or overlap become one, so that nothing is counted twice. */
export function mergedSpans(spans: readonly Span[]): readonly Span[] {
  const merged: { from: RunNs; to: RunNs }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
