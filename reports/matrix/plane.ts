/** Combinations in a plane: seconds of refusal to the right, duplicates upwards. Down left is what everybody wants. */
import { counted } from '../../harness/core/phrases.ts';
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { Matrix } from '../../harness/core/matrix.ts';
import { comparable, labelOf, secondsText } from '../../harness/core/matrix.ts';
import { short } from '../chart/path.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { grouped } from '../shared/words.ts';

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
  readonly isPass: boolean;
  readonly title: string;
}

/** What proved nothing, or does not know what it let through or cost, has no place. Nothing where none has one. */
export function plane({ axes, cells }: Matrix): Markup | false {
  const shown = comparable(cells);
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
    isPass: verdict === 'pass',
    title: `${number}. ${labelOf(axes, values)}: ${counted(duplicates, 'duplicate')}, ${secondsText(refusal)} of refusal, ${verdict}`,
  }));
  // It keeps its size on a phone, where it can be moved: its words would be too small to read.
  return html`<p class="soft narrow">Scrolls sideways.</p>
    <div class="scroll">
      <svg class="plane" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="plane-title">
        <title id="plane-title">${marks.map(({ title }) => title).join('; ')}</title>
        ${powers.map(
          (count) =>
            html`<line
                class="grid"
                x1="${LEFT}"
                x2="${WIDTH - RIGHT}"
                y1="${short(y(count))}"
                y2="${short(y(count))}"
              />
              <text class="soft" x="${LEFT - 8}" y="${short(y(count) + 4)}" text-anchor="end">${grouped(count)}</text>`,
        )}
        ${x
          .ticks(8)
          .map(
            (at) =>
              html`<line class="grid" x1="${short(x(at))}" x2="${short(x(at))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" />
                <text class="soft" x="${short(x(at))}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle"
                  >${grouped(at)}</text
                >`,
          )}
        <text class="soft" x="${LEFT}" y="12">duplicates</text>
        <text class="soft" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">seconds of refusal</text>
        ${marks.map(sign)}
        ${labels(marks).map(
          (label) =>
            html`<text class="number" x="${short(label.x)}" y="${short(label.y - SIZE - 5)}">${label.words}</text>`,
        )}
      </svg>
    </div>`;
}

/** A shape of its own for each verdict: neither stands on its colour alone. */
function sign({ x, y, isPass, title }: Mark): Markup {
  if (isPass)
    return html`<circle class="good" cx="${short(x)}" cy="${short(y)}" r="${SIZE}"><title>${title}</title></circle>`;
  const [left, right, top, bottom] = [short(x - SIZE), short(x + SIZE), short(y - SIZE), short(y + SIZE)];
  return html`<path class="bad" d="M${left} ${top}L${right} ${bottom}M${right} ${top}L${left} ${bottom}"
    ><title>${title}</title></path
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
