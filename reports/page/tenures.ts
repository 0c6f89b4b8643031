/** Lanes of worker IDs: who minted under which, and when two did at once. */
import type { Tenure } from '../../harness/core/checker.ts';
import type { Run } from '../../harness/core/run.ts';
import { NS_PER_S } from '../../harness/core/time.ts';
import { packRows } from '../chart/rows.ts';
import { bar, percent, spanPx, textPx } from './axis.ts';
import type { Axis, Lane } from './axis.ts';
import { clashesOf, colourOf, lifeName } from './facts.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { lasting, seconds } from './words.ts';

const ROW = 22;

/** One lane a worker ID. Two holders at once take two rows, and what they share is hatched. */
export function tenureLanes(axis: Axis, run: Run, tenures: readonly Tenure[]): readonly Lane[] {
  const workers = [...new Set(tenures.map(({ workerId }) => workerId))].sort((a, b) => a - b);
  return workers.map((worker, i) => {
    const own = tenures.filter(({ workerId }) => workerId === worker);
    const clashes = clashesOf(own);
    const rows = packRows(own);
    const rowTop = (n: number): number => (rows[n] as number) * ROW + 2;
    const height = (Math.max(0, ...rows) + 1) * ROW + 4;
    const shared = clashes.reduce((sum, { span }) => sum + span.to - span.from, 0);
    return {
      label: `Worker ID ${worker}`,
      ...(clashes.length > 0
        ? { note: html`<span class="bad">✕ two holders, ${lasting(shared)}</span>` }
        : i === 0
          ? { note: 'holder, by what it minted' }
          : {}),
      height,
      className: i === 0 ? 'first' : '',
      title:
        own.map(describe).join('; ') +
        clashes.map(({ span }) => `; two holders from ${seconds(span.from, 2)} to ${seconds(span.to, 2)}`).join(''),
      body: [
        own.map((tenure, n) => tenureBar(axis, run, tenure, rowTop(n))),
        clashes.map(({ span }) =>
          bar(axis, span, 1, height - 2, {
            className: 'clash',
            title: `two holders for ${lasting(span.to - span.from)}`,
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
  const clashes = clashesOf(tenures);
  if (clashes.length === 0) return undefined;
  const longest = clashes.reduce((most, clash) =>
    clash.span.to - clash.span.from > most.span.to - most.span.from ? clash : most,
  );
  const [a, b] = longest.holders;
  const digits = longest.span.to - longest.span.from < NS_PER_S ? 3 : 1;
  const when = clashes.length === 1 ? 'Once' : `${clashes.length} times`;
  return `${when}, two holders minted under one worker ID${clashes.length === 1 ? '' : ', the longest'}: ${lifeName(a.node, a.incarnation)} and ${lifeName(b.node, b.incarnation)} under ${longest.workerId}, from ${seconds(longest.span.from, digits)} to ${seconds(longest.span.to, digits)}.`;
}
