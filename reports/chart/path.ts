/** Path data of curves: `d` attributes, by d3-shape, a tenth of a pixel exact. */
import { maxIndex, mean, minIndex, range } from 'd3-array';
import { curveStepAfter, line } from 'd3-shape';

/** A point of a curve; a null value is a gap: nothing was measured, so nothing is drawn. */
export type Point = readonly [x: number, y: number | null];

const DIGITS = 1;
const curve = line<Point>()
  .x(([x]) => x)
  .y(([, y]) => y ?? 0)
  .defined(([, y]) => y !== null)
  .digits(DIGITS);
const steps = line<readonly [number, number]>()
  .x(([x]) => x)
  .y(([, y]) => y)
  .curve(curveStepAfter)
  .digits(DIGITS);

/** A line through the points, broken at gaps. A lone point between gaps becomes a dot (a line of no length). */
export function linePath(points: readonly Point[]): string {
  return curve(points) ?? '';
}

/** The outline of bars of equal width that touch: one a value, standing on `base`. */
export function stepArea(
  values: readonly number[],
  place: (index: number) => number,
  height: (value: number) => number,
  base: number,
): string {
  if (values.length === 0) return '';
  const tops = values.flatMap((value, i) => (value === values[i - 1] ? [] : [[place(i), height(value)] as const]));
  return `${steps([[place(0), base], ...tops, [place(values.length), base]])}Z`;
}

/**
 * At most about `4 × columns` points that draw the same picture: of each column the first, lowest, highest and last value
 * (an excursion of one sample stays), and a gap wherever there was one.
 */
export function thin(points: readonly Point[], from: number, to: number, columns: number): readonly Point[] {
  if (points.length <= columns * 4 || !(to > from)) return points;
  const byColumn = Map.groupBy(points, ([x]) => Math.floor(((x - from) / (to - from)) * columns));
  return [...byColumn.values()].flatMap((column) => {
    const value = ([, y]: Point): number | null => y;
    const known = column.flatMap(([, y], i) => (y === null ? [] : [i]));
    const gap = column.findIndex(([, y]) => y === null);
    const kept = new Set([known.at(0), minIndex(column, value), maxIndex(column, value), known.at(-1), gap]);
    return column.filter((_, i) => kept.has(i));
  });
}

/** At most `max` values: neighbours are averaged. Returns how many went into one. */
export function rebin(
  values: readonly number[],
  max: number,
): { readonly values: readonly number[]; readonly width: number } {
  const width = Math.max(1, Math.ceil(values.length / max));
  if (width === 1) return { values, width };
  return { values: range(0, values.length, width).map((at) => mean(values.slice(at, at + width)) ?? 0), width };
}

/** One decimal is a tenth of a pixel. */
export function short(value: number): string {
  return String(Number(value.toFixed(DIGITS)));
}
