/** Lanes of what was measured over time: clock offsets and IDs per second. */
import { max, min, quantile, range, ticks } from 'd3-array';
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { Run } from '../../harness/core/run.ts';
import { msToNs } from '../../harness/core/time.ts';
import type { RunNs } from '../../harness/core/time.ts';
import { linePath, rebin, short, stepArea, thin } from '../chart/path.ts';
import type { Point } from '../chart/path.ts';
import { bar, PLOT_MIN_PX, textPx } from './axis.ts';
import type { Axis, Lane } from './axis.ts';
import { askedSpan, colourOf } from './facts.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { offset, rate, seconds } from '../shared/words.ts';

/** Curves are drawn in a box of this width, which the page stretches. */
export const BOX = 1000;
/** Columns that all curves of one lane share: a report of 64 nodes is no larger than one of 8. */
const COLUMNS_IN_ALL = 3200;
const COLUMNS_MAX = 400;
const OFFSET_HEIGHT = 168;
const RATE_HEIGHT = 36;
/** Share of the buckets that the scale of rates is made for. */
const USUAL_SHARE = 0.98;
/** The line across the strips stands at the least round rate above this share of their scale. */
const LINE_SHARE = 0.4;
/** Below this the offset axis is straight. */
const KNEE_MS = 10;
/** Pixels between two labels of the scale. */
const LABEL_APART = 14;
/** Labels of offsets, at most. */
const PEAKS_MAX = 40;
/** Offsets beyond this get a label of their own. */
const EXCURSION_MS = 250;

/** How finely each of so many curves is drawn. */
export function columnsFor(curves: number): number {
  return Math.min(COLUMNS_MAX, Math.ceil(COLUMNS_IN_ALL / Math.max(1, curves)));
}

export function offsetLane(axis: Axis, run: Run): Lane {
  const series = run.series.offsetsByNode;
  const extreme = (of: typeof min): number => of(series, ({ points }) => of(points, ([, ms]) => ms)) ?? 0;
  const low = Math.min(-20, extreme(min) * 1.8);
  const high = Math.max(20, extreme(max) * 1.8);
  const y = scaleSymlog([high, low], [0, OFFSET_HEIGHT]).constant(KNEE_MS);
  const x = scaleLinear([axis.from, axis.to], [0, BOX]);
  const peaks = furthest(series.flatMap(({ node, points }) => excursions(points).map((peak) => ({ node, ...peak }))));
  return {
    label: 'Clock offset',
    note: 'logarithmic; gap: no answer',
    height: OFFSET_HEIGHT,
    className: 'offset first',
    title: `Observed clock offset of each node, the furthest first. ${peaks.map(({ node, at, ms }) => `${node} ${offset(ms)} at ${seconds(at)}`).join(', ')}`,
    body: [
      legibleTicks(decades(low, high), y).map((ms) => [
        html`<line class="${ms === 0 ? 'zero' : 'grid'}" x1="0" x2="100%" y1="${short(y(ms))}" y2="${short(y(ms))}" />`,
        html`<text class="scale" x="3" y="${short(y(ms) - 3)}"
          >${ms === 0 ? '0' : offset(ms).replace(/\.00/, '')}</text
        >`,
      ]),
      box(
        OFFSET_HEIGHT,
        series.map(({ node, points }) => {
          const placed = thin(points, axis.from, axis.to, columnsFor(series.length)).map(([at, ms]): Point => [
            x(at),
            ms === null ? null : y(ms),
          ]);
          return html`<path class="curve" style="--c:${colourOf(run, node)}" d="${linePath(placed)}" />`;
        }),
      ),
      peakLabels(axis, run, peaks, y),
    ],
  };
}

/** Zero and, on both sides, the powers of ten from the knee on. */
function decades(low: number, high: number): readonly number[] {
  const powers = range(Math.log10(KNEE_MS), Math.log10(Math.max(-low, high)) + 1e-9).map((power) => 10 ** power);
  return [...powers.map((ms) => -ms), 0, ...powers].filter((ms) => low <= ms && ms <= high);
}

/** Zero, and outwards from it whatever leaves room for its label. */
function legibleTicks(candidates: readonly number[], y: (ms: number) => number): readonly number[] {
  const outwards = [...candidates].sort((a, b) => Math.abs(a) - Math.abs(b));
  const kept: number[] = [];
  for (const ms of outwards) if (kept.every((other) => Math.abs(y(ms) - y(other)) >= LABEL_APART)) kept.push(ms);
  return kept;
}

interface Peak {
  readonly at: RunNs;
  readonly ms: number;
}

/** The furthest point of each stretch beyond EXCURSION_MS. */
export function excursions(points: readonly (readonly [RunNs, number | null])[]): readonly Peak[] {
  const peaks: Peak[] = [];
  let peak: Peak | undefined;
  for (const [at, ms] of points) {
    if (ms === null) continue;
    if (Math.abs(ms) < EXCURSION_MS || (peak !== undefined && Math.sign(peak.ms) !== Math.sign(ms))) {
      if (peak !== undefined) peaks.push(peak);
      peak = undefined;
    }
    if (Math.abs(ms) >= EXCURSION_MS && (peak === undefined || Math.abs(ms) > Math.abs(peak.ms) * 1.02))
      peak = { at, ms };
  }
  return peak === undefined ? peaks : [...peaks, peak];
}

/** As many as a reader takes in, the furthest first. */
function furthest<Excursion extends Peak>(peaks: readonly Excursion[]): readonly Excursion[] {
  return [...peaks].sort((a, b) => Math.abs(b.ms) - Math.abs(a.ms)).slice(0, PEAKS_MAX);
}

function peakLabels(
  axis: Axis,
  run: Run,
  peaks: readonly (Peak & { readonly node: string })[],
  y: (ms: number) => number,
): readonly Markup[] {
  const taken: { readonly from: number; readonly to: number; readonly y: number }[] = [];
  return peaks.flatMap(({ node, at, ms }) => {
    const words = `${node} ${offset(ms)}`;
    const width = textPx(words);
    const from = Math.min((axis.x(at) / 100) * PLOT_MIN_PX, PLOT_MIN_PX - width);
    const line = y(ms) + (ms > 0 ? -5 : 13);
    // A label that would cover another is left out: the table of disturbances has the figure.
    if (taken.some((other) => from < other.to && from + width > other.from && Math.abs(line - other.y) < 12)) return [];
    taken.push({ from, to: from + width, y: line });
    return [
      html`<text
        class="peak"
        style="--c:${colourOf(run, node)}"
        x="${short((from / PLOT_MIN_PX) * 100)}%"
        y="${short(line)}"
        >${words}</text
      >`,
    ];
  });
}

/** Small multiples with one scale: IDs a second of each node, shaded where a disturbance reached it. */
export function rateLanes(axis: Axis, run: Run): readonly Lane[] {
  const perSecond = 1000 / run.series.bucketMs;
  const columns = columnsFor(run.series.idsByNode.length) * 2;
  const all = run.series.idsByNode.map(({ node, values }) => ({ node, ...rebin(values, columns) }));
  const top = Math.max(1, usualTop(all.flatMap(({ values }) => values)) * perSecond);
  const line = ticks(0, top, 4).find((tick) => tick >= top * LINE_SHARE) ?? top;
  const y = scaleLinear([0, top * 1.12], [0, RATE_HEIGHT - 2]);
  const x = scaleLinear([axis.from, axis.to], [0, BOX]);
  return all.map(({ node, values, width }, i) => {
    const colour = colourOf(run, node);
    const most = (max(values) ?? 0) * perSecond;
    return {
      label: html`<i class="chip" style="--c:${colour}"></i>${node} IDs/s`,
      note: `most ${rate(most)}`,
      height: RATE_HEIGHT,
      className: i === 0 ? 'first rate' : 'rate',
      title: `IDs per second of ${node}, at most ${rate(most)}.`,
      body: [
        reachOf(run, node).map((span) => bar(axis, span, 0, RATE_HEIGHT, { className: 'reach' })),
        html`<line
          class="grid"
          x1="0"
          x2="100%"
          y1="${short(RATE_HEIGHT - y(line))}"
          y2="${short(RATE_HEIGHT - y(line))}"
        />`,
        box(
          RATE_HEIGHT,
          html`<path
            class="area"
            style="--c:${colour}"
            d="${stepArea(
              values,
              (n) => x(msToNs(n * width * run.series.bucketMs)),
              (value) => RATE_HEIGHT - y(value * perSecond),
              RATE_HEIGHT,
            )}"
          />`,
        ),
        html`<line class="base" x1="0" x2="100%" y1="${RATE_HEIGHT - 0.5}" y2="${RATE_HEIGHT - 0.5}" />`,
        i === 0 && html`<text class="scale" x="3" y="${short(RATE_HEIGHT - y(line) - 3)}">${rate(line)}/s</text>`,
      ],
    };
  });
}

/** What nearly all buckets stay below: the one burst after a pause must not flatten every other bar. It is cut at the top. */
function usualTop(values: readonly number[]): number {
  const busy = values.filter((value) => value > 0);
  return Math.min(max(busy) ?? 0, (quantile(busy, USUAL_SHARE) ?? 0) * 1.25);
}

function reachOf(run: Run, node: string) {
  return run.disturbances.filter(({ reach }) => reach.includes(node)).flatMap((record) => askedSpan(run, record) ?? []);
}

/** A drawing in a box that the page stretches to its width. */
export function box(height: number, body: Markup | readonly Markup[]): Markup {
  return html`<svg viewBox="0 0 ${BOX} ${height}" width="100%" height="${height}" preserveAspectRatio="none">
    ${body}
  </svg>`;
}
