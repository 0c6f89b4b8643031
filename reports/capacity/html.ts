/** A plan as one HTML file in the style of the report of a run: no network, no script, light and dark, down to a phone. */
import type { CapacityPlan } from '../../harness/plan/capacity-plan.ts';
import type { PlanReporter } from '../../harness/plan/plan-reporter.ts';
import { answersOf, headlineOf } from '../../harness/plan/answers.ts';
import type { Answer, Tone } from '../../harness/plan/answers.ts';
import { html, trusted } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { STYLE } from '../page/style.ts';
import { table } from '../page/table.ts';
import type { Block, Cell, Section } from './page/document.ts';
import { sectionsOf, subject } from './page/document.ts';

export default {
  name: 'html',
  render: (plan) => ({ file: `${plan.name}.html`, content: page(plan).text }),
} satisfies PlanReporter;

const SECURITY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** What a plan has and a run has not. */
const MORE_STYLE = `
.answers{list-style:none;margin:1.4rem 0 0;padding:0}
.answers li{display:grid;grid-template-columns:8.5rem 1fr;gap:0 1rem;padding:.65rem 0;border-bottom:1px solid var(--line)}
.answers .answer{font-weight:600}
main section>p{max-width:62rem}
@media (max-width:46rem){.answers li{grid-template-columns:1fr}}
`;

function page(plan: CapacityPlan): Markup {
  const { text, tone } = headlineOf(plan);
  const sections = sectionsOf(plan);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(SECURITY)}" />
        <title>${text} · capacity of ${plan.name}</title>
        ${trusted(`<style>${STYLE}${MORE_STYLE}</style>`)}
      </head>
      <body>
        <header>
          <p class="overline">snowglobe · capacity of <b>${plan.name}</b></p>
          <p class="question">${subject(plan)}</p>
        </header>
        <main>
          <section class="verdict ${tone}" aria-labelledby="headline">
            <svg viewBox="0 0 32 32" width="56" height="56" aria-hidden="true">
              <circle cx="16" cy="16" r="15" />
              ${SIGN[tone]}
            </svg>
            <div><h1 id="headline">${text}</h1></div>
          </section>
          <ul class="answers">
            ${answersOf(plan).map(answer)}
          </ul>
          <nav aria-label="Parts of this plan">
            <ul>
              ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
          ${sections.map(section)}
        </main>
        <footer>
          snowglobe · this page is complete in itself; the same figures as data are in ${plan.name}.json beside it.
        </footer>
      </body>
    </html> `;
}

const SIGN: Readonly<Record<Tone, Markup>> = {
  good: trusted('<path d="M7 16.5l6.2 6.2L25.5 10"/>'),
  bad: trusted('<path d="M9 9l14 14M23 9L9 23"/>'),
  unsure: trusted('<path d="M16 8v10M16 23v.1"/>'),
  plain: trusted(''),
};

/** No tone rests on its colour alone. */
const MARK: Readonly<Record<Tone, string>> = { good: '✔', bad: '✘', unsure: '!', plain: '·' };

function answer({ question, answer: said, because, tone }: Answer): Markup {
  return html`<li>
    <span><span class="${tone}" aria-hidden="true">${MARK[tone]}</span> ${question}</span>
    <div><span class="answer ${tone}">${said}</span><small>${because}</small></div>
  </li>`;
}

function section({ id, title, blocks }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${blocks.map(block)}
  </section>`;
}

function block(of: Block): Markup {
  if ('text' in of) return html`<p>${of.text}</p>`;
  if ('code' in of)
    return html`<h3>${of.file}</h3>
      <pre>${of.code}</pre>`;
  return table(
    of.caption,
    of.head.map(({ text, number }, column) => ({
      head: text,
      cell: (row: readonly Cell[]) => cell(row[column] as Cell),
      ...(number === true && { number }),
    })),
    of.rows,
  );
}

function cell({ text, note, tone = 'plain' }: Cell): Markup {
  const mark = tone === 'bad' || tone === 'unsure' ? html`<span aria-hidden="true">${MARK[tone]}</span> ` : undefined;
  return html`<span class="${tone}">${mark}${text}</span>${note !== undefined && html`<small>${note}</small>`}`;
}
