/** SLOs with what was measured, and figures that have no bound. */
import { counted } from '../../harness/core/phrases.ts';
import type { Run } from '../../harness/core/run.ts';
import { whereText } from '../../harness/core/slo-words.ts';
import type { FigureRecord, SloRecord } from '../../harness/core/slo.ts';
import type { Verdict } from '../../harness/core/verdict.ts';
import { waivedOf } from '../../harness/core/waived.ts';
import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';
import { amount, grouped, objectiveWords } from '../shared/words.ts';
import { section } from './section.ts';
import { table } from './table.ts';
import type { Column } from './table.ts';

const BADGES: Readonly<Record<Verdict, Markup>> = {
  pass: html`<span class="badge good">✓ met</span>`,
  fail: html`<span class="badge bad">✕ missed</span>`,
  unknown: html`<span class="badge unsure">? unknown</span>`,
};

export function slos(run: Run): Markup {
  const { slos: judged = [], figures = [] } = run;
  const whole = figures.filter(({ where }) => where === WHOLE);
  return section('slos', 'SLOs and figures', [
    (judged.length > 0 || figures.length > 0) &&
      html`<p class="soft">
        Not among the samples: requests that were open while the harness stood still, or while the machine kept their
        node from running. A request counts where a part of the run and the nodes of an SLO include it; see each one’s
        words.
      </p>`,
    judged.length === 0
      ? html`<p>No SLO was asked for.</p>`
      : table<SloRecord>(
          'Each SLO with its bound and what was measured',
          [
            {
              head: 'SLO',
              cell: ({ name, what }) => html`${name}<small>${what}</small>`,
            },
            { head: 'Verdict', cell: (slo) => verdictCell(run, slo) },
            WHERE,
            VALUE,
            { head: 'Objective', number: true, cell: ({ objective, unit }) => objectiveWords(objective, unit) },
            {
              head: 'Samples',
              number: true,
              cell: ({ samples, minSamples }) => html`${grouped(samples)}<small>needs ${grouped(minSamples)}</small>`,
            },
          ],
          judged,
        ),
    figures.length > 0 && html`<h3>Figures without a bound</h3>`,
    whole.length > 0 &&
      table<FigureRecord>(
        'Each figure that was measured and that nobody judges',
        [
          { head: 'Figure', cell: ({ name, what, detail }) => html`${name}<small>${what}</small>${note(detail)}` },
          WHERE,
          VALUE,
          { head: 'Samples', number: true, cell: ({ samples }) => grouped(samples) },
        ],
        whole,
      ),
    parts(figures.filter(({ where }) => where !== WHOLE)),
  ]);
}

const WHOLE = whereText('whole');

interface Part {
  readonly where: string;
  readonly figures: readonly FigureRecord[];
}

/** Folded, for there may be several of each disturbance: a row a part of the run, a table for each set of figures. */
function parts(figures: readonly FigureRecord[]): Markup | false {
  if (figures.length === 0) return false;
  const byPart = [...Map.groupBy(figures, ({ where }) => where)].map(([where, own]): Part => ({ where, figures: own }));
  const byNames = Map.groupBy(byPart, ({ figures: own }) => own.map(({ name }) => name).join(', '));
  return html`<details>
    <summary>${counted(figures.length, 'figure')} of phases and of single disturbances</summary>
    ${[...byNames].map(([names, rows]) => [html`<h4>${names}</h4>`, partTable(rows)])}
  </details>`;
}

function partTable(rows: readonly Part[]): Markup {
  const [first] = rows;
  return table<Part>(
    'Figures of phases and of single disturbances',
    [
      {
        head: 'Where',
        cell: ({ where, figures }) => [where, [...new Set(figures.map(({ detail }) => detail))].map(note)],
      },
      ...(first?.figures ?? []).map(({ name }, i): Column<Part> => ({
        head: name,
        number: true,
        cell: ({ figures }) => {
          const { value, unit } = figures[i] as FigureRecord;
          return value === undefined ? '–' : amount(value, unit);
        },
      })),
      {
        head: 'Samples',
        number: true,
        cell: ({ figures }) => [...new Set(figures.map(({ samples }) => grouped(samples)))].join(', '),
      },
    ],
    rows,
  );
}

const VALUE: Column<FigureRecord> = {
  head: 'Value',
  number: true,
  cell: ({ value, unit }) => (value === undefined ? '–' : amount(value, unit)),
};

const WHERE: Column<FigureRecord> = { head: 'Where', cell: ({ where }) => where };

function verdictCell(run: Run, { name, verdict, detail }: SloRecord): Content {
  const isWaived = verdict === 'fail' && waivedOf(run, { slo: name }) !== undefined;
  return [isWaived ? html`<span class="badge plain">✕ missed, waived</span>` : BADGES[verdict], note(detail)];
}

const note = (detail: string | undefined): Content => detail !== undefined && html`<small>${detail}</small>`;
