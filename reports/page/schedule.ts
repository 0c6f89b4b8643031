/** Lanes of what was planned and done: phases, slots, disturbances, hazards, violations. */
import { disturbanceLabel } from '../../harness/core/phrases.ts';
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import { bar, labelRows, percent, PLOT_MIN_PX, spanPx, text, textPx } from './axis.ts';
import type { Axis, Lane } from './axis.ts';
import { askedSpan, targetsOf, tookSpan } from './facts.ts';
import type { Span } from '../chart/rows.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { lasting, seconds, settings } from '../shared/words.ts';

const ROW = 20;
const LABEL_ROW = 14;
/** Beside a bar. */
const BAR_DX = 6;
/** Beside the diamond. */
const HAZARD_DX = 9;

export function phaseLane(axis: Axis, run: Run): Lane {
  const shown = run.phases.filter(({ from, to }) => to > axis.from && from < axis.to);
  return {
    label: 'Phases',
    height: 20,
    title: shown.map(({ phase, from, to }) => `${phase} from ${seconds(from)} to ${seconds(to)}`).join(', '),
    body: shown.map((span) => [
      bar(axis, span, 1, 17, { className: 'phase', title: `${span.phase}, ${lasting(span.to - span.from)}` }),
      spanPx(axis, span.from, span.to) > textPx(span.phase) && text(axis, span.from, 13, span.phase, 'soft', 4),
    ]),
  };
}

export function slotLane(axis: Axis, run: Run): Lane {
  const labels = run.slots.map(({ name, from, holder }) => ({
    at: from,
    words: holder === undefined ? name : `${name} → ${holder}`,
  }));
  const rows = labelRows(axis, labels);
  const height = (Math.max(0, ...rows) + 1) * LABEL_ROW + 4;
  return {
    label: 'Slots',
    note: 'with the holder drawn',
    height,
    title: labels.map(({ at, words }) => `${words} at ${seconds(at)}`).join(', '),
    body: labels.map(({ at, words }, i) => [
      html`<line
        class="tick"
        x1="${percent(axis.x(at))}"
        x2="${percent(axis.x(at))}"
        y1="${(rows[i] as number) * LABEL_ROW + 2}"
        y2="${height}"
      />`,
      text(axis, at, (rows[i] as number) * LABEL_ROW + 12, words),
    ]),
  };
}

/** One row a disturbance: hollow for the span asked, filled for the span measured in force. */
export function disturbanceLane(axis: Axis, run: Run, records: readonly DisturbanceRecord[]): Lane {
  const missed = records.filter(({ bit }) => !bit).length;
  const unhealed = records.filter((record) => record.unhealed !== undefined).length;
  const doubts = [
    ...(missed === 0 ? [] : [`${missed} did not bite`]),
    ...(unhealed === 0 ? [] : [`${unhealed} not healed`]),
  ];
  return {
    label: 'Disturbances',
    note:
      doubts.length === 0
        ? 'outline: asked · filled: measured in force'
        : html`<span class="unsure">? ${doubts.join(', ')}</span>`,
    height: records.length * ROW + 4,
    title: records.map((record) => describe(run, record)).join('; '),
    body: records.map((record, i) => disturbanceRow(axis, run, record, i * ROW + 3)),
  };
}

function disturbanceRow(axis: Axis, run: Run, record: DisturbanceRecord, y: number) {
  const asked = askedSpan(run, record);
  const took = tookSpan(record);
  const span = asked ?? took;
  const title = describe(run, record);
  if (span === undefined) {
    const slot = run.slots.find(({ name }) => name === record.slot)?.from ?? 0;
    return html`<g
      ><title>${title}</title
      >${text(axis, slot, y + 11, `${disturbanceLabel(record)} (never injected)`, 'unsure', 6)}</g
    >`;
  }
  const doubt = record.bit ? (record.unhealed === undefined ? '' : ' (not healed)') : ' (did not bite)';
  const words = `${aimedLabel(run, record)}${doubt}`;
  return [
    asked !== undefined && bar(axis, asked, y, 14, { className: record.bit ? 'asked' : 'asked missed', title }),
    took !== undefined && bar(axis, took, y + 3.5, 7, { className: 'took', title }),
    barLabel(axis, { from: span.from, to: Math.max(span.to, took?.to ?? span.to) }, y + 11, words, doubt !== ''),
  ];
}

/** Behind its bar; where there is no room before it; over it, where it fills what is shown. */
function barLabel(axis: Axis, bars: Span, y: number, words: string, isDoubtful: boolean): Markup {
  const className = isDoubtful ? 'unsure' : '';
  const room = textPx(words) + BAR_DX;
  const px = (at: number): number => (axis.x(at) / 100) * PLOT_MIN_PX;
  if (px(bars.to) + room <= PLOT_MIN_PX) return text(axis, bars.to, y, words, className, BAR_DX);
  if (px(bars.from) < room) return text(axis, Math.max(axis.from, bars.from), y, words, `${className} over`, BAR_DX);
  return html`<text class="${className}" text-anchor="end" x="${percent(axis.x(bars.from))}" y="${y}" dx="${-BAR_DX}"
    >${words}</text
  >`;
}

/** With the members that it hit, where its label names none. */
function aimedLabel(run: Run, record: DisturbanceRecord): string {
  const { node } = record.options;
  const others = targetsOf(run, record).filter((name) => name !== node);
  return others.length === 0 ? disturbanceLabel(record) : `${disturbanceLabel(record)} (${others.join(', ')})`;
}

function describe(run: Run, record: DisturbanceRecord): string {
  const asked = askedSpan(run, record);
  const took = tookSpan(record);
  return [
    `${disturbanceLabel(record)} (${settings(record.options) || targetsOf(run, record).join(', ')})`,
    asked === undefined ? 'never injected' : `asked ${seconds(asked.from)} to ${seconds(asked.to)}`,
    took === undefined ? 'never measured in force' : `measured in force ${seconds(took.from)} to ${seconds(took.to)}`,
    ...(record.bit ? [] : [`did not bite: ${record.missed ?? 'no evidence'}`]),
    ...(record.unhealed === undefined ? [] : [`not healed: ${record.unhealed}`]),
  ].join(', ');
}

export function hazardLane(axis: Axis, run: Run): Lane {
  const reached = run.hazards.flatMap(({ hazard, summary, at }) =>
    at === undefined ? [] : [{ at, words: hazard, summary }],
  );
  const rows = labelRows(axis, reached, HAZARD_DX);
  return {
    label: 'Hazards reached',
    note: `${reached.length} of ${run.hazards.length}`,
    height: (Math.max(0, ...rows) + 1) * 16 + 4,
    title: reached.map(({ at, summary }) => `${summary} at ${seconds(at)}`).join('; '),
    body: reached.map(({ at, words, summary }, i) => {
      const y = (rows[i] as number) * 16 + 9;
      return [
        html`<svg x="${percent(axis.x(at))}" y="${y}" overflow="visible">
          <path class="diamond" d="M0-5L5 0L0 5L-5 0Z"><title>${summary}, ${seconds(at)}</title></path>
        </svg>`,
        text(axis, at, y + 4, words, '', HAZARD_DX),
      ];
    }),
  };
}

/** Marks that lead to the stories. */
export function violationLane(
  axis: Axis,
  marks: readonly { readonly at: number; readonly target: string; readonly words: string }[],
): Lane {
  return {
    label: html`<span class="bad">Violations</span>`,
    note: 'each mark leads to its story',
    height: 20,
    title: marks.map(({ at, words }) => `${words} at ${seconds(at)}`).join('; '),
    body: marks.map(
      ({ at, target, words }) =>
        html`<a href="#${target}"
          ><svg x="${percent(axis.x(at))}" overflow="visible">
            <path class="violation" d="M-6 3H6L0 16Z"><title>${words}, ${seconds(at, 3)}</title></path>
          </svg></a
        >`,
    ),
  };
}
