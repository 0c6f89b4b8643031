/** Combinations in a plane: seconds of refusal to the right, duplicates upwards. Down left is what everybody wants. */
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { Matrix } from '../../harness/core/matrix.ts';
import { labelOf, secondsText } from '../../harness/core/matrix.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { grouped, plural } from '../shared/words.ts';

const [WIDTH, HEIGHT] = [720, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 24, 26, 42];
/** Below this many duplicates the axis is straight, so that none has a place. */
const KNEE = 1;
const SIZE = 7;
/** Two marks nearer than this share a label. */
const APART = 15;

interface Mark {
  readonly number: number;
  readonly x: number;
  readonly y: number;
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly title: string;
}

/** Nothing where no run judged duplicates. */
export function plane(matrix: Matrix): Markup | false {
  const shown = matrix.cells.flatMap((cell, index) =>
    cell.duplicates === undefined ? [] : [{ ...cell, duplicates: cell.duplicates, number: index + 1 }],
  );
  if (shown.length === 0) return false;
  const most = Math.max(1, ...shown.map(({ refusal }) => refusal.seconds)) * 1.08;
  const highest = Math.max(10, ...shown.map(({ duplicates }) => duplicates)) * 1.5;
  const x = scaleLinear([0, most], [LEFT, WIDTH - RIGHT]);
  const y = scaleSymlog([highest, 0], [TOP, HEIGHT - BOTTOM]).constant(KNEE);
  const powers = [0, ...Array.from({ length: 12 }, (_, i) => 10 ** i)].filter((count) => count <= highest);
  const marks = shown.map(({ number, refusal, duplicates, verdict, values }): Mark => ({
    number,
    x: x(refusal.seconds),
    y: y(duplicates),
    verdict,
    title: `${number}. ${labelOf(matrix.axes, values)}: ${plural(duplicates, 'duplicate')}, ${secondsText(refusal)} of refusal, ${verdict}`,
  }));
  return html`<svg class="plane" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="plane-title">
    <title id="plane-title">${marks.map(({ title }) => title).join('; ')}</title>
    ${powers.map((count) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(count).toFixed(1)}" y2="${y(count).toFixed(1)}" /><text class="soft" x="${LEFT - 8}" y="${(y(count) + 4).toFixed(1)}" text-anchor="end">${grouped(count)}</text>`)}
    ${x.ticks(8).map((at) => html`<line class="grid" x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" /><text class="soft" x="${x(at).toFixed(1)}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle">${grouped(at)}</text>`)}
    <text class="soft" x="${LEFT}" y="12">duplicates</text>
    <text class="soft" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">seconds of refusal</text>
    ${marks.map(sign)}
    ${labels(marks).map(({ x: at, y: height, words }) => html`<text class="number" x="${at.toFixed(1)}" y="${(height - SIZE - 5).toFixed(1)}">${words}</text>`)}
  </svg>`;
}

/** A shape of its own for each verdict: none stands on its colour alone. */
function sign({ x, y, verdict, title }: Mark): Markup {
  const place = { x: x.toFixed(1), y: y.toFixed(1) };
  if (verdict === 'pass')
    return html`<circle class="good" cx="${place.x}" cy="${place.y}" r="${SIZE}"><title>${title}</title></circle>`;
  if (verdict === 'fail')
    return html`<path
      class="bad"
      d="M${x - SIZE} ${y - SIZE}L${x + SIZE} ${y + SIZE}M${x + SIZE} ${y - SIZE}L${x - SIZE} ${y + SIZE}"
      ><title>${title}</title></path
    >`;
  return html`<rect class="unsure" x="${x - SIZE}" y="${y - SIZE}" width="${2 * SIZE}" height="${2 * SIZE}"
    ><title>${title}</title></rect
  >`;
}

/** Numbers above the marks; those of marks that lie on one another in one. */
function labels(marks: readonly Mark[]): readonly { readonly x: number; readonly y: number; readonly words: string }[] {
  const groups: Mark[][] = [];
  for (const mark of marks) {
    const near = groups.find(([first]) => Math.hypot(first!.x - mark.x, first!.y - mark.y) < APART);
    if (near === undefined) groups.push([mark]);
    else near.push(mark);
  }
  return groups.map((group) => ({
    x: group[0]!.x,
    y: Math.min(...group.map(({ y }) => y)),
    words: group.map(({ number }) => number).join(', '),
  }));
}
