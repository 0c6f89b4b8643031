/** Round numbers for axes. */

/** Multiples of 1, 2 or 5 times a power of ten within [from, to], at most `max` of them (at least two fit). */
export function ticks(from: number, to: number, max: number): readonly number[] {
  if (!(to > from) || max < 1) return [];
  const step = roundStep((to - from) / max);
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: last - first + 1 }, (_, i) => round((first + i) * step));
}

/** The smallest 1, 2 or 5 times a power of ten that is not below `atLeast`. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= atLeast * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** The decades that a symlog axis of milliseconds shows: ±`knee`, ±10 knee, … and 0, within [from, to]. */
export function symlogTicks(from: number, to: number, knee: number): readonly number[] {
  const limit = Math.max(Math.abs(from), Math.abs(to));
  const decades: number[] = [];
  for (let value = knee; value <= limit * (1 + 1e-9); value *= 10) decades.push(value);
  return [...decades.map((value) => -value).reverse(), 0, ...decades].filter((value) => value >= from && value <= to);
}

/** Takes away the noise of binary fractions: 0.30000000000000004 is 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
