import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';

/** A part of the page that its contents lead to. */
export function section(id: string, title: string, body: Content): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}
