import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';

/** Names with their values, in as many columns as there is room for. */
export function pairs(entries: readonly (readonly [name: string, value: Content])[]): Markup {
  return html`<dl class="pairs">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
