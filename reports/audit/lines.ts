/** What is told of each line of order: its order, and what the fields of its IDs tell. */
import type { Audit, AuditLine } from '../../harness/audit/audit-schema.ts';
import { pairs } from '../page/pairs.ts';
import { table } from '../page/table.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { grouped } from '../shared/words.ts';
import type { Chapter } from './chapter.ts';
import { cut, ROWS_MAX } from './chapter.ts';
import { inversionWords, percentWords } from './words.ts';

export function order({ lines, orderJudged, time }: Audit): Chapter {
  if (!orderJudged)
    return {
      id: 'order',
      title: 'Order',
      body: html`<p>Not judged: the rows of a table come in no order of emission.</p>`,
    };
  const rows = [...lines]
    .toSorted((a, b) => Number(b.backward !== '0') - Number(a.backward !== '0'))
    .slice(0, ROWS_MAX);
  return {
    id: 'order',
    title: 'Order of each node',
    body: [
      html`<p class="soft">
        IDs as unsigned numbers, in the order of their line. No promise of order is held against them: what the
        generator promised, only its owner knows.
      </p>`,
      table<AuditLine>(
        'Order of emission by line',
        [
          { head: 'Line', cell: ({ name, node }) => [name, name !== node && html`<small>of ${node}</small>`] },
          { head: 'IDs', number: true, cell: ({ ids }) => grouped(ids) },
          {
            head: 'Backward steps',
            number: true,
            cell: ({ backward, steps }) =>
              backward === '0'
                ? html`<span class="soft zero">0</span>`
                : html`<strong class="unsure">${grouped(backward)}</strong>${
                      steps[0] !== undefined && html`<small>first at #${grouped(steps[0].position)}</small>`
                    }`,
          },
          { head: 'Largest inversion', cell: (line) => inversionWords(line) },
          ...(time === undefined
            ? [
                { head: 'Lowest ID', cell: ({ min }: AuditLine) => html`<span class="id">${min}</span>` },
                { head: 'Highest ID', cell: ({ max }: AuditLine) => html`<span class="id">${max}</span>` },
              ]
            : [
                { head: 'From', cell: ({ from }: AuditLine) => from },
                { head: 'To', cell: ({ to }: AuditLine) => to },
              ]),
        ],
        rows,
      ),
      cut(lines.length, rows.length, 'line'),
    ],
  };
}

export function load({ lines, time, workers, misfits, layout }: Audit): Chapter {
  const rows = lines.slice(0, ROWS_MAX);
  return {
    id: 'load',
    title: 'Fields: time, workers, sequence',
    body: [
      html`<p class="soft">By the layout <code>${layout}</code></p>`,
      pairs([
        ...(time === undefined ? [] : [['From', time.from] as const, ['To', time.to] as const]),
        ...(workers === undefined
          ? []
          : [
              [
                'Worker IDs',
                workers.tooMany
                  ? 'more than any cluster has'
                  : `${grouped(workers.count)}: ${workers.seen.slice(0, 30).join(', ')}${workers.count > 30 ? ', …' : ''}`,
              ] as const,
            ]),
        ...(misfits === undefined
          ? []
          : [
              [
                'IDs that do not fit the layout',
                misfits.ids === 0 ? '0' : html`<strong class="unsure">${grouped(misfits.ids)}</strong>`,
              ] as const,
            ]),
      ]),
      table<AuditLine>(
        'IDs by line and millisecond of the time in them',
        [
          { head: 'Line', cell: ({ name }) => name },
          { head: 'When', cell: (line) => (time === undefined ? '–' : bar(line, time)) },
          {
            head: 'IDs a ms',
            number: true,
            cell: ({ perMs }) => (perMs === undefined ? '–' : grouped(Number(perMs.toPrecision(3)))),
          },
          {
            head: 'Fullest tick',
            number: true,
            cell: ({ peak }) =>
              peak === undefined
                ? '–'
                : html`${peak.atLeast && 'at least '}${grouped(peak.ids)}<small>${peak.at}</small>`,
          },
          {
            head: 'Sequence in use',
            number: true,
            cell: ({ sequence }) =>
              sequence === undefined
                ? '–'
                : html`${percentWords(sequence.mean)}<small>${percentWords(sequence.peak)} at the most</small>`,
          },
        ],
        rows,
      ),
      cut(lines.length, rows.length, 'line'),
    ],
  };
}

/** Where in the time of all IDs those of a line lie. */
function bar({ from = '', to = '' }: AuditLine, time: NonNullable<Audit['time']>): Markup {
  const place = (moment: string): number =>
    time.ms === 0 ? 0 : ((Date.parse(moment) - Date.parse(time.from)) / time.ms) * 100;
  const [left, right] = [place(from), place(to)].map((at) => (Number.isFinite(at) ? at : 0)) as [number, number];
  const label = `from ${from} to ${to}`;
  return html`<svg
    viewBox="0 0 100 10"
    width="140"
    height="12"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <line class="grid" x1="0" x2="100" y1="9.5" y2="9.5" />
    <rect class="span" x="${left.toFixed(2)}" y="1" width="${Math.max(0.8, right - left).toFixed(2)}" height="8" />
  </svg>`;
}
