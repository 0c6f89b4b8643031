/**
 * The shared time axis: lanes below one another, each an SVG as wide as the page lets it be. Horizontal places are
 * percentages, so that text keeps its size on every screen and a wider figure is a closer look.
 */
import { ticks } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { NS_PER_S } from '../../harness/core/time.ts';
import type { RunNs } from '../../harness/core/time.ts';
import { packRows } from '../chart/rows.ts';
import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';

/** Pixels that the plot has at least; labels are laid out for it. Equal to the style's. */
export const PLOT_MIN_PX = 700;
/** Width of a character of a label, on average. */
const CHARACTER_PX = 5.8;
/** Numbers on the axis, about. */
const TICKS = 10;
/** Between a moment and the text that tells of it. */
const LABEL_DX = 4;

export interface Axis {
  readonly from: RunNs;
  readonly to: RunNs;
  /** Percent of the width, kept within the axis. */
  readonly x: (at: RunNs) => number;
}

export interface Lane {
  readonly label: Content;
  readonly note?: Content;
  readonly height: number;
  /** What a reader who does not see the picture is told. */
  readonly title: string;
  readonly body: Content;
  readonly className?: string;
}

export interface Rule {
  readonly at: RunNs;
  readonly className: string;
}

export function createAxis(from: RunNs, to: RunNs): Axis {
  const x = scaleLinear([from, to], [0, 100]).clamp(true);
  return { from, to, x: (at) => x(at) };
}

/** `12.34%`. */
export function percent(value: number): string {
  return `${Math.round(value * 1000) / 1000}%`;
}

/** Pixels of a label at the plot's least width, for deciding whether it fits. */
export function textPx(text: string): number {
  return text.length * CHARACTER_PX + 6;
}

export function spanPx(axis: Axis, from: RunNs, to: RunNs): number {
  return ((axis.x(to) - axis.x(from)) / 100) * PLOT_MIN_PX;
}

/** A rectangle over a span of time. `paint` is a class and may carry a node's colour. */
export function bar(
  axis: Axis,
  span: { readonly from: RunNs; readonly to: RunNs },
  y: number,
  height: number,
  paint: { readonly className: string; readonly colour?: string; readonly title?: string },
): Markup {
  const x = axis.x(span.from);
  return html`<rect
    class="${paint.className}"
    x="${percent(x)}"
    y="${y}"
    width="${percent(axis.x(span.to) - x)}"
    height="${height}"
    ${paint.colour === undefined ? '' : html` style="--c:${paint.colour}"`}
    >${paint.title === undefined ? '' : html`<title>${paint.title}</title>`}</rect
  >`;
}

/** Whether a text that starts at a moment would leave the plot on the right: then it ends there. */
function leaves(axis: Axis, at: RunNs, words: string, dx: number): boolean {
  return (axis.x(at) / 100) * PLOT_MIN_PX + textPx(words) + dx > PLOT_MIN_PX;
}

/** Text that starts at a moment, or ends there when it would leave the plot on the right. */
export function text(axis: Axis, at: RunNs, y: number, words: string, className = '', dx = LABEL_DX): Markup {
  const left = leaves(axis, at, words, dx);
  return html`<text
    class="${className}"
    x="${percent(axis.x(at))}"
    y="${y}"
    dx="${left ? -dx : dx}"
    ${left ? html` text-anchor="end"` : ''}
    >${words}</text
  >`;
}

/** Rows for labels that `text` writes at these moments, to either side of them, so that none runs into another. */
export function labelRows(
  axis: Axis,
  labels: readonly { readonly at: RunNs; readonly words: string }[],
  dx = LABEL_DX,
): readonly number[] {
  return packRows(
    labels.map(({ at, words }) => {
      const x = (axis.x(at) / 100) * PLOT_MIN_PX;
      const width = textPx(words) + dx;
      return leaves(axis, at, words, dx) ? { from: x - width, to: x } : { from: x, to: x + width };
    }),
    4,
  );
}

/** Lanes under one axis. The rules run through all of them. */
export function figure(axis: Axis, lanes: readonly Lane[], rules: readonly Rule[] = []): Markup {
  return html`<div class="plot" data-from="${axis.from}" data-to="${axis.to}">
    <svg class="backdrop" aria-hidden="true" focusable="false">
      ${axisTicks(axis).map(
        (at) => html`<line class="grid" x1="${percent(axis.x(at))}" x2="${percent(axis.x(at))}" y1="0" y2="100%" />`,
      )}${distinct(axis, rules).map(
        ({ at, className }) =>
          html`<line class="${className}" x1="${percent(axis.x(at))}" x2="${percent(axis.x(at))}" y1="0" y2="100%" />`,
      )}
    </svg>
    ${[axisLane(axis), ...lanes, axisLane(axis)].map(renderLane)}
  </div>`;
}

/** Without those that would lie on one another. */
function distinct(axis: Axis, rules: readonly Rule[]): readonly Rule[] {
  const byPlace = new Map(rules.map((rule) => [`${rule.className} ${Math.round(axis.x(rule.at) * 2)}`, rule]));
  return [...byPlace.values()];
}

function renderLane({ label, note, height, title, body, className }: Lane): Markup {
  return html`<div class="lane ${className ?? ''}">
    <div class="lane-label">
      <span class="name">${label}</span>${note === undefined ? '' : html` <span class="note">${note}</span>`}
    </div>
    <svg height="${height}" role="img">
      <title>${title}</title>
      ${body}
    </svg>
  </div> `;
}

function axisLane(axis: Axis): Lane {
  return {
    label: '',
    height: 18,
    className: 'axis',
    title: `Time axis from ${axis.from / NS_PER_S} to ${axis.to / NS_PER_S} seconds.`,
    body: axisTicks(axis).map((at, i, all) => {
      const words = `${at / NS_PER_S}${i === all.length - 1 ? ' s' : ''}`;
      const x = axis.x(at);
      const anchor = x < 1 ? 'start' : x > 99 ? 'end' : 'middle';
      return html`<text x="${percent(x)}" y="13" text-anchor="${anchor}">${words}</text>`;
    }),
  };
}

function axisTicks(axis: Axis): readonly RunNs[] {
  return ticks(axis.from / NS_PER_S, axis.to / NS_PER_S, TICKS).map((at) => at * NS_PER_S);
}
