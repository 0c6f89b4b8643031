/** A part of the page of an audit. */
import { counted } from '../../harness/core/phrases.ts';
import { html } from '../shared/markup.ts';
import type { Content } from '../shared/markup.ts';

/** Long tables are cut; `--json` has more. */
export const ROWS_MAX = 200;

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

/** How many rows a table left out. */
export function cut(all: bigint | number, shown: number, noun: string): Content {
  const left = BigInt(all) - BigInt(shown);
  return left > 0n && shown > 0 && html`<p class="soft">And ${counted(Number(left), `more ${noun}`)}.</p>`;
}
