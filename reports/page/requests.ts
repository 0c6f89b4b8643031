/** Lanes of what clients saw: the latency of answers, and requests that brought no IDs, second by second. */
import { max, min, sum } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import type { RequestPoint } from '../../harness/core/run.ts';
import { NS_PER_S } from '../../harness/core/time.ts';
import type { RunNs } from '../../harness/core/time.ts';
import { linePath, rebin, short, stepArea, thin } from '../chart/path.ts';
import type { Point } from '../chart/path.ts';
import type { Axis, Lane } from './axis.ts';
import { box, BOX, columnsFor } from './curves.ts';
import { html } from '../shared/markup.ts';
import { grouped, latency } from '../shared/words.ts';

const LATENCY_HEIGHT = 96;
const COUNT_HEIGHT = 24;
/** One point a second. */
const POINT_NS = NS_PER_S;

/** From the most usual to the rarest: each its own line style, so that none rests on colour. */
const PERCENTILES = [
  { name: 'p50', of: ({ p50Ms }: RequestPoint) => p50Ms },
  { name: 'p99', of: ({ p99Ms }: RequestPoint) => p99Ms },
  { name: 'max', of: ({ maxMs }: RequestPoint) => maxMs },
] as const;

/** Nothing where no answer was timed. */
export function latencyLane(axis: Axis, requests: readonly RequestPoint[]): Lane | false {
  // A logarithmic scale has no place for nothing: what was too short to be timed stands at its foot.
  const low = min(requests, ({ p50Ms }) => (p50Ms === 0 ? null : p50Ms));
  const high = max(requests, ({ maxMs }) => maxMs);
  if (low === undefined || high === undefined) return false;
  const y = scaleLog([high * 1.3, low / 1.3], [0, LATENCY_HEIGHT]);
  const x = scaleLinear([axis.from, axis.to], [0, BOX]);
  const decades = y.ticks().filter((ms) => Number.isInteger(Math.log10(ms)));
  const columns = columnsFor(PERCENTILES.length);
  const told = PERCENTILES.map(({ name, of }) => `${name} up to ${latency(max(requests, of) ?? 0)}`);
  return {
    label: 'Latency of answers',
    note: 'solid: p50 · dashed: p99 · dotted: slowest; logarithmic',
    height: LATENCY_HEIGHT,
    className: 'first latency',
    title: `Latency of answers with IDs, by the second in which the request was due: ${told.join(', ')}.`,
    body: [
      decades.map((ms) => html`<line class="grid" x1="0" x2="100%" y1="${short(y(ms))}" y2="${short(y(ms))}" />`),
      box(
        LATENCY_HEIGHT,
        PERCENTILES.map(({ name, of }) => {
          const points = requests.map((point): Point => [point.at + POINT_NS / 2, of(point)]);
          const placed = thin(points, axis.from, axis.to, columns).map(([at, ms]): Point => [
            x(at),
            ms === null ? null : y(Math.max(ms, low)),
          ]);
          return html`<path class="curve ${name}" d="${linePath(placed)}" />`;
        }),
      ),
      // Over the curves, which may begin there.
      decades.map((ms) => html`<text class="scale" x="3" y="${short(y(ms) - 3)}">${latency(ms)}</text>`),
    ],
  };
}

const KINDS = [
  { name: 'Refused', of: ({ refused }: RequestPoint) => refused },
  { name: 'Errors', of: ({ errors }: RequestPoint) => errors },
  { name: 'No answer', of: ({ noAnswer }: RequestPoint) => noAnswer },
  { name: 'Not sent', of: ({ dropped }: RequestPoint) => dropped },
] as const;

const secondOf = (at: RunNs): number => Math.round(at / POINT_NS);

/** One strip a kind that occurred, each on a scale of its own. */
export function errorLanes(axis: Axis, requests: readonly RequestPoint[]): readonly Lane[] {
  const [first = 0, last = 0] = [requests[0]?.at, requests.at(-1)?.at];
  const x = scaleLinear([axis.from, axis.to], [0, BOX]);
  const occurred = KINDS.filter(({ of }) => requests.some((point) => of(point) > 0));
  return occurred.map(({ name, of }, i) => {
    const bySecond = new Map(requests.map((point) => [secondOf(point.at - first), of(point)]));
    const every = Array.from({ length: secondOf(last - first) + 1 }, (_, second) => bySecond.get(second) ?? 0);
    const { values, width } = rebin(every, columnsFor(occurred.length));
    const y = scaleLinear([0, max(values) ?? 0], [COUNT_HEIGHT, 2]);
    const told = `most ${grouped(max(every) ?? 0)}, ${grouped(sum(every))} in all`;
    return {
      label: `${name}/s`,
      note: told,
      height: COUNT_HEIGHT,
      className: i === 0 ? 'first count' : 'count',
      title: `${name}, requests a second: ${told}.`,
      body: [
        box(
          COUNT_HEIGHT,
          html`<path
            class="area plain"
            d="${stepArea(values, (n) => x(first + n * width * POINT_NS), y, COUNT_HEIGHT)}"
          />`,
        ),
        html`<line class="base" x1="0" x2="100%" y1="${COUNT_HEIGHT - 0.5}" y2="${COUNT_HEIGHT - 0.5}" />`,
      ],
    };
  });
}
