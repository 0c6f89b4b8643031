/** Lanes of worker IDs: who minted under which, and when two did at once. */
import type { Tenure } from '../../harness/core/tenure.ts';
import type { Run } from '../../harness/core/run.ts';
import { NS_PER_S } from '../../harness/core/time.ts';
import { depth, packRows, union } from '../chart/rows.ts';
import type { Span } from '../chart/rows.ts';
import { bar, percent, spanPx, textPx } from './axis.ts';
import type { Axis, Lane } from './axis.ts';
import { clashesOf, colourOf, lifeName } from './facts.ts';
import type { Clash } from './facts.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { lasting, seconds } from '../shared/words.ts';

const ROW = 22;

/** One lane a worker ID. Two holders at once take two rows, and what they share is hatched. */
export function tenureLanes(axis: Axis, run: Run, tenures: readonly Tenure[]): readonly Lane[] {
  const workers = [...new Set(tenures.map(({ workerId }) => workerId))].sort((a, b) => a - b);
  return workers.map((worker, i) => {
    const own = tenures.filter(({ workerId }) => workerId === worker);
    const clashes = union(clashesOf(own).map(({ span }) => span));
    const holders = holdersAtOnce(own);
    const rows = packRows(own);
    const rowTop = (n: number): number => (rows[n] as number) * ROW + 2;
    const height = (Math.max(0, ...rows) + 1) * ROW + 4;
    const shared = clashes.reduce((sum, { from, to }) => sum + to - from, 0);
    return {
      label: `Worker ID ${worker}`,
      ...(clashes.length > 0
        ? { note: html`<span class="bad">✕ ${holders}, ${lasting(shared)}</span>` }
        : i === 0
          ? { note: 'holder, by what it minted' }
          : {}),
      height,
      className: i === 0 ? 'first' : '',
      title:
        own.map(describe).join('; ') +
        clashes.map(({ from, to }) => `; ${holders} from ${seconds(from, 2)} to ${seconds(to, 2)}`).join(''),
      body: [
        own.map((tenure, n) => tenureBar(axis, run, tenure, rowTop(n))),
        clashes.map((span) =>
          bar(axis, span, 1, height - 2, {
            className: 'clash',
            title: `${holders} for ${lasting(span.to - span.from)}`,
          }),
        ),
        own.map((tenure, n) => holderLabel(axis, tenure, rowTop(n))),
      ],
    };
  });
}

function tenureBar(axis: Axis, run: Run, tenure: Tenure, y: number): Markup {
  return bar(axis, tenure, y, ROW - 4, {
    className: 'tenure',
    colour: colourOf(run, tenure.node),
    title: describe(tenure),
  });
}

/** `two holders`, `up to 4 holders`. */
function holdersAtOnce(tenures: readonly Tenure[]): string {
  const most = depth(tenures);
  return most === 2 ? 'two holders' : `up to ${most} holders`;
}

/** Drawn last, over any hatching: the name must be read where two holders meet. */
function holderLabel(axis: Axis, tenure: Tenure, y: number): Markup | '' {
  const label = lifeName(tenure.node, tenure.incarnation);
  const from = Math.max(tenure.from, axis.from);
  if (spanPx(axis, from, tenure.to) < textPx(label)) return '';
  return html`<text class="holder" x="${percent(axis.x(from))}" y="${y + 13}" dx="6">${label}</text>`;
}

function describe(tenure: Tenure): string {
  const { workerId, node, incarnation, from, to, lease, createRevision } = tenure;
  return `worker ID ${workerId}: ${node}, life ${incarnation}, ${seconds(from, 2)} to ${seconds(to, 2)}, lease ${lease}, revision ${createRevision}`;
}

/** One sentence on who shared a worker ID, for readers of the text alone. */
export function clashSentence(tenures: readonly Tenure[]): string | undefined {
  const shared = sharedSpans(clashesOf(tenures));
  const [first, ...others] = shared;
  if (first === undefined) return undefined;
  const { workerId, span, lives } = others.reduce((most, one) => (lengthOf(one) > lengthOf(most) ? one : most), first);
  const digits = span.to - span.from < NS_PER_S ? 3 : 1;
  const when = others.length === 0 ? 'Once' : `${shared.length} times`;
  const who = shared.every((each) => each.lives.length === 2) ? 'two holders' : 'two holders or more';
  const names = `${lives.slice(0, -1).join(', ')} and ${lives.at(-1)}`;
  return `${when}, ${who} minted under one worker ID${others.length === 0 ? '' : ', the longest'}: ${names} under ${workerId}, from ${seconds(span.from, digits)} to ${seconds(span.to, digits)}.`;
}

/** A span without a gap in which a worker ID had more than one holder. */
interface Shared {
  readonly workerId: number;
  readonly span: Span;
  /** Who had it meanwhile. */
  readonly lives: readonly string[];
}

function sharedSpans(clashes: readonly Clash[]): readonly Shared[] {
  return [...Map.groupBy(clashes, ({ workerId }) => workerId)].flatMap(([workerId, own]) =>
    union(own.map(({ span }) => span)).map((span) => {
      const within = own.filter((clash) => span.from <= clash.span.from && clash.span.to <= span.to);
      const holders = within.flatMap((clash) => clash.holders);
      return {
        workerId,
        span,
        lives: [...new Set(holders.map((life) => lifeName(life.node, life.incarnation)))].sort(),
      };
    }),
  );
}

function lengthOf({ span }: Shared): number {
  return span.to - span.from;
}
