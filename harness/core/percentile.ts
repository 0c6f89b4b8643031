/** Percentiles by nearest rank: a value that was measured, never one between two. Pure. */

/**
 * Of values in ascending order, one at least; `percent` above 0, up to 100. `more`: how many there are beside them that
 * are no smaller than any of them; Infinity where it is one of these.
 */
export function percentileOf(sorted: Float64Array, percent: number, more = 0): number {
  // In whole millionths, so that 99.9 % of 1000 is the 999th: in floating point it is 999.0000000000001.
  const rank = Math.ceil(Math.round(percent * (sorted.length + more) * 1e4) / 1e6);
  if (more > 0 && rank > sorted.length) return Infinity;
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] as number;
}
