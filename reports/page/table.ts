/** Tables that become a list of cards on a phone and stay tables for a screen reader. */
import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Content;
  readonly number?: boolean;
}

export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  return html`<table role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          ({ head, number }) =>
            html`<th role="columnheader" scope="col" ${number === true && html` class="number"`}>${head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            ${columns.map(({ head, cell, number }, i) =>
              i === 0
                ? html`<th role="rowheader" scope="row">${cell(row)}</th>`
                : html`<td role="cell" data-label="${head}" ${number === true && html` class="number"`}>
                    <div>${cell(row)}</div>
                  </td>`,
            )}
          </tr> `,
      )}
    </tbody>
  </table>`;
}
