/**
 * The page of a matrix: one HTML file that asks nothing of a network and runs no script. What each combination kept out
 * stands against what it refused: that is the choice to be made.
 */
import { counted } from '../../harness/core/phrases.ts';
import type { Cell, Matrix, MatrixReporter } from '../../harness/core/matrix.ts';
import { decision, faultsOf, knowsDuplicates, labelOf, secondsText } from '../../harness/core/matrix.ts';
import type { Verdict } from '../../harness/core/verdict.ts';
import { UNKNOWN_REASONS } from '../../harness/core/verdict.ts';
import { html, trusted } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { STYLE } from '../page/style.ts';
import type { Column } from '../page/table.ts';
import { table } from '../page/table.ts';
import { grouped } from '../shared/words.ts';
import { plane } from './plane.ts';

const SECURITY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const SHOWN: Readonly<Record<Verdict, { readonly mark: string; readonly tone: string }>> = {
  pass: { mark: '✔', tone: 'good' },
  fail: { mark: '✘', tone: 'bad' },
  unknown: { mark: '?', tone: 'unsure' },
};

const MATRIX_STYLE = `
.plane{display:block;width:100%;min-width:36rem;max-width:52rem;height:auto;margin:.8rem 0;overflow:visible}
.plane circle{stroke-width:2;fill:color-mix(in srgb,var(--tone) 35%,var(--page));stroke:var(--tone)}
.plane path{fill:none;stroke:var(--tone);stroke-width:2}
.plane .good{--tone:var(--good)}.plane .bad{--tone:var(--bad)}
.plane text.number{font-weight:600;text-anchor:middle}
th,td strong,td a{overflow-wrap:normal}
.choice{max-width:62rem;padding-left:1.1rem}
`;

export default {
  render: (matrix) => ({ file: 'matrix.html', content: page(matrix).text }),
} satisfies MatrixReporter;

function page(matrix: Matrix): Markup {
  const { scenario, driver, cells, combinations, command, finishedAt } = matrix;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(SECURITY)}" />
        <title>${counted(combinations, 'combination')} of ${scenario.name}</title>
        ${trusted(`<style>${STYLE}${MATRIX_STYLE}</style>`)}
      </head>
      <body>
        <header>
          <p class="overline">
            snowglobe · <b>${scenario.name}</b> on <b>${driver}</b> · ${axesInWords(matrix)} · ${finishedAt}
          </p>
          <p class="question">${scenario.question}</p>
        </header>
        <main>
          <section aria-labelledby="choice">
            <h1 id="choice">Duplicates kept out, against seconds of refusal</h1>
            <ul class="choice">
              ${decision(matrix).map((sentence) => html`<li>${sentence}</li>`)}
              ${cells.length < combinations && html`<li><strong class="unsure">${counted(combinations - cells.length, 'combination')} of ${combinations} could not be run.</strong></li>`}
            </ul>
            ${plane(matrix)}
          </section>
          <section aria-labelledby="combinations">
            <h2 id="combinations">Combinations</h2>
            ${combinationTable(matrix)}
          </section>
          <section aria-labelledby="guarantees">
            <h2 id="guarantees">Violations of each guarantee</h2>
            ${guaranteeTable(matrix)}
          </section>
          <section aria-labelledby="repeat">
            <h2 id="repeat">Repeat</h2>
            <div class="command"><pre>${command}</pre></div>
            <details>
              <summary>Each combination alone</summary>
              ${cells.map(
                (cell, index) =>
                  html`<h4>${index + 1}. ${labelOf(matrix.axes, cell.values)}</h4>
                    <div class="command"><pre>${cell.command}</pre></div>`,
              )}
            </details>
          </section>
          ${reading()}
        </main>
        <footer>
          snowglobe · this page is complete in itself; the same facts as data are in matrix.json beside it.
        </footer>
      </body>
    </html> `;
}

function axesInWords({ axes }: Matrix): string {
  return axes
    .map(({ name, unit, values }) => `${name} ${values.join(', ')}${unit === undefined ? '' : ' s'}`)
    .join(' × ');
}

type Numbered = Cell & { readonly number: number };

const numbered = ({ cells }: Matrix): readonly Numbered[] =>
  cells.map((cell, index) => ({ ...cell, number: index + 1 }));

/** What a row begins with: the number by which the plane calls it, and its values. */
function valueColumns({ axes }: Matrix): readonly Column<Numbered>[] {
  return [
    { head: 'No.', cell: ({ number }) => number },
    ...axes.map(({ name, unit }, index): Column<Numbered> => ({
      head: unit === undefined ? name : `${name} (${unit})`,
      cell: ({ values }) => html`<strong>${values[index]}</strong>`,
    })),
  ];
}

function combinationTable(matrix: Matrix): Markup {
  return table(
    'What each combination kept out, and what it refused',
    [
      ...valueColumns(matrix),
      { head: 'Verdict', cell: verdict },
      {
        head: 'Duplicates',
        // What a run that proved nothing did not find is no figure.
        cell: (cell) =>
          knowsDuplicates(cell) ? grouped(cell.duplicates ?? 0) : html`<span class="soft">not known</span>`,
        number: true,
      },
      { head: 'Seconds of refusal', cell: ({ refusal }) => secondsText(refusal), number: true },
      { head: 'Requests refused', cell: ({ refusal }) => grouped(refusal.requests), number: true },
      { head: 'IDs minted', cell: ({ minted }) => grouped(minted), number: true },
      { head: 'Report', cell: ({ report, seed }) => html`<a href="${report}">report</a><small>seed ${seed}</small>` },
    ],
    numbered(matrix),
  );
}

function verdict(cell: Cell): Markup {
  const { mark, tone } = SHOWN[cell.verdict];
  const why = whyNot(cell);
  return html`<span class="badge ${tone}">${mark} ${cell.verdict}</span
    >${why !== undefined && html`<small>${why}</small>`}`;
}

/** In short: the report of the run has the sentences. */
function whyNot(cell: Cell): string | undefined {
  const { verdict: outcome, reasons } = cell;
  if (outcome === 'pass') return undefined;
  const faults = faultsOf(cell);
  const [first, ...more] = outcome === 'fail' && faults.length > 0 ? [faults.join(', ')] : reasons;
  return more.length === 0 ? first : `${first} And ${more.length} more.`;
}

/** A row a guarantee: there are few of them, and may be many combinations. */
function guaranteeTable(matrix: Matrix): Markup {
  const rows = new Map(
    matrix.cells.flatMap(({ guarantees }) =>
      guarantees.map(({ guarantee, scope }) => {
        const name = scope === undefined ? guarantee : `${guarantee} (${scope})`;
        return [name, { name, guarantee, scope }] as const;
      }),
    ),
  );
  type Row = { readonly name: string; readonly guarantee: string; readonly scope: string | undefined };
  return html`<div class="scroll">
    ${table(
      'Violations of each guarantee in each combination',
      [
        { head: 'Guarantee', cell: ({ name }: Row) => name },
        ...numbered(matrix).map(({ number, guarantees }): Column<Row> => ({
          head: `No. ${number}`,
          number: true,
          cell: ({ guarantee, scope }) =>
            violationsOf(guarantees.find((one) => one.guarantee === guarantee && one.scope === scope)),
        })),
      ],
      [...rows.values()],
    )}
  </div>`;
}

function violationsOf(found: Cell['guarantees'][number] | undefined): Markup {
  if (found === undefined) return html`<span class="soft">not judged</span>`;
  const { promised, verdict: outcome, violations } = found;
  const { mark, tone } = SHOWN[outcome];
  return promised
    ? html`<span class="${tone}">${mark} ${grouped(violations)}</span>`
    : html`<span class="soft">– ${grouped(violations)}<small>not promised</small></span>`;
}

function reading(): Markup {
  return html`<section class="reading" aria-labelledby="reading">
    <h2 id="reading">How to read</h2>
    <dl>
      <dt>Duplicates</dt>
      <dd>IDs that were minted more than once: violations of unique, promised or not.</dd>
      <dt>Seconds of refusal</dt>
      <dd>
        Seconds within the reach of a disturbance (until 8 s after its heal) for which worker IDs, or nodes where there
        is no pool of them, gave clients nothing, added up: two that are dark for a second are two seconds. A node that
        stands by is not missed. A node that is paused or killed gives nothing either, whatever the combination.
      </dd>
      <dt>unknown</dt>
      <dd>
        The run proved nothing, and no figure of it is held against another. Reasons are of a closed list of
        ${Object.keys(UNKNOWN_REASONS).length}; the report of the run says which.
      </dd>
      <dt>Seeds</dt>
      <dd>
        Combinations of one seed are disturbed by the same draw. On real drivers two runs are never the same to the
        millisecond: a difference of a second or two between two combinations is none.
      </dd>
    </dl>
  </section>`;
}
