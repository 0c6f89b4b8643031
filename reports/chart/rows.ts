/** Packing: which row each span goes to, so that none covers another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The row of each span (first fit, in order of `from`): spans of one row lie at least `apart` from each other. */
export function packRows(spans: readonly Span[], apart = 0): readonly number[] {
  const ends: number[] = [];
  const rows = spans.map(() => 0);
  const order = spans.map((_, index) => index).sort((a, b) => (spans[a] as Span).from - (spans[b] as Span).from);
  for (const index of order) {
    const span = spans[index] as Span;
    const free = ends.findIndex((end) => end + apart <= span.from);
    const row = free === -1 ? ends.length : free;
    ends[row] = span.to;
    rows[index] = row;
  }
  return rows;
}

/** Where two spans are both in force, or undefined. */
export function overlap(a: Span, b: Span): Span | undefined {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from < to ? { from, to } : undefined;
}

/** The time that at least one of the spans covers, as spans apart from each other, in order. */
export function union(spans: readonly Span[]): readonly Span[] {
  const parts: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = parts.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else parts.push({ from, to });
  }
  return parts;
}

/** How many of the spans are in force at once at most. One that begins where another ends does not meet it. */
export function depth(spans: readonly Span[]): number {
  return Math.max(0, ...spans.map(({ from }) => spans.filter((span) => span.from <= from && from < span.to).length));
}
