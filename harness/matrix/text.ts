/** A matrix for a terminal: a line a combination, its price and what it bought. Pure but for colours. */
import type { Cell, Matrix } from '../core/matrix.ts';
import { decision, faultsOf, knowsDuplicates, secondsText } from '../core/matrix.ts';
import type { Verdict } from '../core/verdict.ts';
import { count } from '../telemetry/format.ts';
import type { Line, Tone } from '../telemetry/text.ts';
import { fit, painter, span, wrap } from '../telemetry/text.ts';

export interface MatrixTextOptions {
  /** Where the text goes: it decides colours and width. */
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** The page, as the user would type it. */
  readonly page: string;
}

const SHOWN: Readonly<Record<Verdict, { readonly mark: string; readonly tone: Tone }>> = {
  pass: { mark: '✔', tone: 'good' },
  fail: { mark: '✘', tone: 'bad' },
  unknown: { mark: '?', tone: 'doubt' },
};
const INDENT = 3;

interface Column {
  readonly head: string;
  readonly of: (cell: Cell) => string;
  readonly right?: true;
}

/** Ends with a line break. */
export function matrixText(matrix: Matrix, { stream, page }: MatrixTextOptions): string {
  const { axes, cells, combinations, exitCode, scenario } = matrix;
  const width = (stream.columns || Infinity) - 1;
  const columns: readonly Column[] = [
    ...axes.map(({ name, unit }, index) => ({
      head: unit === undefined ? name : `${name} (${unit})`,
      of: ({ values }: Cell) => values[index] ?? '',
    })),
    { head: 'duplicates', of: duplicatesOf, right: true },
    { head: 'refusal', of: ({ refusal }) => secondsText(refusal), right: true },
    { head: 'refused', of: ({ refusal }) => count(refusal.requests), right: true },
    { head: 'broken or missed', of: wrongWith },
  ];
  const widths = columns.map(({ head, of }) => Math.max(head.length, ...cells.map((cell) => of(cell).length)));
  const row = (texts: readonly string[]): string =>
    columns
      .map(({ right }, i) => texts[i]![right === true ? 'padStart' : 'padEnd'](widths[i]!))
      .join('  ')
      .trimEnd();
  const lines: readonly Line[] = [
    [],
    [span(`            ${row(columns.map(({ head }) => head))}`, 'faint')],
    ...cells.map((cell): Line => {
      const { mark, tone } = SHOWN[cell.verdict];
      return [span(` ${mark} ${cell.verdict.padEnd(7)}  `, tone), span(row(columns.map(({ of }) => of(cell))))];
    }),
  ];
  const notRun = combinations - cells.length;
  const head: Line = [
    span(` ${combinations} combinations of ${scenario.name}`, 'strong'),
    span(notRun === 0 ? '' : `, ${notRun} not run`, 'doubt'),
    span(`  exit ${exitCode}`, 'faint'),
  ];
  const paint = painter(stream);
  return `${[
    ...lines.map((line) => fit(line, width)),
    [],
    head,
    ...decision(matrix).flatMap((sentence) => wrap([span(`   ${sentence}`)], width, INDENT)),
    [],
    [span(' page    ', 'faint'), span(page, 'accent')],
  ]
    .map(paint)
    .join('\n')}\n\n`;
}

/** What a run that proved nothing did not find is no figure. */
function duplicatesOf(cell: Cell): string {
  return knowsDuplicates(cell) ? count(cell.duplicates ?? 0) : 'not known';
}

/** Of a run that proved nothing, that it did not. */
function wrongWith(cell: Cell): string {
  return cell.verdict === 'unknown' ? 'nothing proved' : faultsOf(cell).join(', ');
}
