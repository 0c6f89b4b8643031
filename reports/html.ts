/**
 * The report: one HTML file that asks nothing of a network, readable in light and dark, on a phone and without script.
 *
 * Two locks keep a hostile name out of the markup: everything is escaped by construction (page/markup.ts), and the
 * content security policy runs no script but ours, by its hash, and loads nothing.
 */
import { createHash } from 'node:crypto';
import { generatorLabel } from '../harness/core/phrases.ts';
import type { Reporter } from '../harness/core/reporter.ts';
import type { Run } from '../harness/core/run.ts';
import { gatheredHow } from '../harness/core/scope.ts';
import { html, trusted } from './shared/markup.ts';
import type { Markup } from './shared/markup.ts';
import { SCRIPT } from './page/script.ts';
import { evidence } from './page/evidence.ts';
import { disturbances, environment, hazards, howToRead, promises, repeat } from './page/sections.ts';
import { slos } from './page/slos.ts';
import { storiesOf, violations } from './page/story.ts';
import { STYLE } from './page/style.ts';
import { timeline } from './page/timeline.ts';
import { verdictSection } from './page/verdict.ts';
import { waived } from './page/waived.ts';
import { headline } from './shared/headline.ts';

type Chapter = readonly [id: string, name: string];

/** Where something is waived: first of all, for the verdict speaks of it. */
const WAIVED: Chapter = ['waived', 'Waived'];

const CHAPTERS: readonly Chapter[] = [
  ['promises', 'Promised and kept'],
  ['time', 'Time axis'],
  ['violations', 'Violations'],
  ['slos', 'SLOs and figures'],
  ['hazards', 'Hazards'],
  ['disturbances', 'Disturbances'],
  ['evidence', 'Evidence'],
  ['environment', 'Environment'],
  ['repeat', 'Repeat'],
  ['reading', 'How to read'],
];

const SECURITY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export default {
  name: 'html',
  always: true,
  render: (run) => ({ file: 'report.html', content: page(run).text }),
} satisfies Reporter;

function page(run: Run): Markup {
  const stories = storiesOf(run);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(SECURITY)}" />
        <title>${headline(run)} · ${run.scenario.name} · ${run.generator.name}</title>
        ${trusted(`<style>${STYLE}</style>`)}
      </head>
      <body>
        ${PATTERNS}
        <header>
          <p class="overline">
            snowglobe · <b>${run.scenario.name}</b> shakes <b>${generatorLabel(run.generator)}</b> on
            <b>${run.driver}</b> · seed
            <b>${run.seed}</b
            >${run.attempt !== undefined && html` · attempt <b>${run.attempt.number} of ${run.attempt.of}</b>`}${run.measured.startedAt !== '' && html` · ${run.measured.startedAt}`}
          </p>
          <p class="question">${run.scenario.question}</p>
          <p class="scope">Evidence: ${gatheredHow(run.generator)}</p>
        </header>
        <main>
          ${verdictSection(run)}
          <nav aria-label="Parts of this report">
            <ul>
              ${[...((run.waived ?? []).length > 0 ? [WAIVED] : []), ...CHAPTERS].map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
            </ul>
          </nav>
          ${waived(run)} ${promises(run)} ${timeline(run, stories)} ${violations(run, stories)} ${slos(run)}
          ${hazards(run)} ${disturbances(run)} ${evidence(run)} ${environment(run)} ${repeat(run)} ${howToRead()}
        </main>
        <footer>
          snowglobe · run ${run.measured.runId} · this page is complete in itself; the same facts as data are in
          run.json beside it.
        </footer>
        ${trusted(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `;
}

/** Hatchings, so that no mark rests on its colour alone. */
const PATTERNS = trusted(
  `<svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false"><defs>${[
    ['hatch-bad', 5, 'var(--bad)', 0.45],
    ['hatch-unsure', 5, 'var(--unsure)', 0.6],
    ['hatch-reach', 4, 'var(--fault)', 0.28],
  ]
    .map(
      ([id, size, colour, opacity]) =>
        `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.4" height="${size}" style="fill:${colour};fill-opacity:${opacity}"/></pattern>`,
    )
    .join('')}</defs></svg>`,
);
