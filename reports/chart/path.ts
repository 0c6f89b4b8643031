/** Path data of curves: `d` attributes. */

/** A point of a curve; a null value is a gap: nothing was measured, so nothing is drawn. */
export type Point = readonly [x: number, y: number | null];

/** A line through the points, broken at gaps. A lone point between gaps becomes a dot (a line of no length). */
export function linePath(points: readonly Point[]): string {
  let path = '';
  let open = false;
  for (const [i, [x, y]] of points.entries()) {
    if (y === null) {
      open = false;
      continue;
    }
    path += `${open ? 'L' : 'M'}${short(x)} ${short(y)}`;
    const next = points[i + 1];
    if (!open && (next === undefined || next[1] === null)) path += 'h0';
    open = true;
  }
  return path;
}

/** The outline of bars of equal width that touch: one a value, standing on `base`. */
export function stepArea(
  values: readonly number[],
  place: (index: number) => number,
  height: (value: number) => number,
  base: number,
): string {
  if (values.length === 0) return '';
  let path = `M${short(place(0))} ${short(base)}`;
  let last: string | undefined;
  for (const [i, value] of values.entries()) {
    const y = short(height(value));
    if (y !== last) path += `${last === undefined ? '' : `H${short(place(i))}`}V${y}`;
    last = y;
  }
  return `${path}H${short(place(values.length))}V${short(base)}Z`;
}

/**
 * At most about `4 × columns` points that draw the same picture: of each column the first, lowest, highest and last value
 * (an excursion of one sample stays), and a gap wherever there was one.
 */
export function thin(points: readonly Point[], from: number, to: number, columns: number): readonly Point[] {
  if (points.length <= columns * 4 || !(to > from)) return points;
  const kept: Point[] = [];
  let column: Point[] = [];
  let at = -1;
  const flush = (): void => {
    const known = column.filter((point): point is readonly [number, number] => point[1] !== null);
    const extremes = new Set<Point>();
    if (known[0] !== undefined) {
      extremes.add(known.reduce((low, point) => (point[1] < low[1] ? point : low)));
      extremes.add(known.reduce((high, point) => (point[1] > high[1] ? point : high)));
      extremes.add(known[0]).add(known.at(-1) as Point);
    }
    const gap = column.find((point) => point[1] === null);
    if (gap !== undefined) extremes.add(gap);
    for (const point of column) if (extremes.has(point)) kept.push(point);
    column = [];
  };
  for (const point of points) {
    const here = Math.floor(((point[0] - from) / (to - from)) * columns);
    if (here !== at) flush();
    at = here;
    column.push(point);
  }
  flush();
  return kept;
}

/** At most `max` values: neighbours are averaged. Returns how many went into one. */
export function rebin(
  values: readonly number[],
  max: number,
): { readonly values: readonly number[]; readonly width: number } {
  const width = Math.max(1, Math.ceil(values.length / max));
  if (width === 1) return { values, width };
  const bins = Array.from({ length: Math.ceil(values.length / width) }, (_, i) => {
    const bin = values.slice(i * width, (i + 1) * width);
    return bin.reduce((sum, value) => sum + value, 0) / bin.length;
  });
  return { values: bins, width };
}

/** One decimal is a tenth of a pixel. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
