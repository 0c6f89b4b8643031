/** The top of the page: the verdict in words, why, and the figures that carry it. */
import { counted } from '../../harness/core/phrases.ts';
import { disturbing } from '../../harness/core/disturbing.ts';
import type { Run } from '../../harness/core/run.ts';
import { recordedAs } from '../../harness/core/scope.ts';
import { reasonsInShort } from '../../harness/core/reasons-in-short.ts';
import { UNKNOWN_REASONS } from '../../harness/core/verdict.ts';
import { verdictBesideWaived } from '../../harness/core/waived.ts';
import { extentOf } from './facts.ts';
import { attemptWords } from '../shared/attempts.ts';
import { headline } from '../shared/headline.ts';
import { html, trusted } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { table } from './table.ts';
import { grouped, lasting } from '../shared/words.ts';

const TONE = { pass: 'good', fail: 'bad', unknown: 'unsure' } as const;

const SIGN = {
  pass: trusted('<path d="M7 16.5l6.2 6.2L25.5 10"/>'),
  fail: trusted('<path d="M9 9l14 14M23 9L9 23"/>'),
  unknown: trusted('<path d="M11.5 12a4.6 4.6 0 1 1 6.8 4c-1.6.9-2.3 1.8-2.3 3.4M16 24.2v.1"/>'),
} as const;

export function verdictSection(run: Run): Markup {
  const verdict = verdictBesideWaived(run);
  const attempt = attemptWords(run);
  return html`<section class="verdict ${TONE[verdict]}" aria-labelledby="verdict-title">
      <svg viewBox="0 0 32 32" width="56" height="56" aria-hidden="true">
        <circle cx="16" cy="16" r="15" />
        ${SIGN[verdict]}
      </svg>
      <div>
        <h1 id="verdict-title">${headline(run)}</h1>
        ${
          run.reasons.length > 0 &&
          html`<ul class="reasons">
            ${reasonsInShort(run).map((reason) => html`<li>${reason}</li>`)}
          </ul>`
        }
        ${attempt !== undefined && html`<p class="soft">${attempt}</p>`}
        ${run.state === 'begun' && html`<p>The harness wrote this record before the launch and never came to the end of the run. <code>snowglobe judge</code> can judge it from its taps and its journal.</p>`}
      </div>
    </section>
    ${run.unknowns.length > 0 && unknownTable(run)} ${tiles(run)}`;
}

type Unknown = Run['unknowns'][number];

const byReason = (unknowns: readonly Unknown[]): readonly (readonly [Unknown['reason'], readonly Unknown[]])[] => [
  ...Map.groupBy(unknowns, ({ reason }) => reason),
];

function unknownTable(run: Run): Markup {
  // A doubt about a disturbance begins with what people call it.
  const keys = new Set(run.disturbances.map(({ key }) => key));
  const told = table(
    'What could not be known',
    [
      {
        head: 'Reason',
        cell: ([reason]) => html`<strong class="unsure">${reason}</strong><small>${UNKNOWN_REASONS[reason]}</small>`,
      },
      {
        head: 'Where, and the facts',
        cell: ([, unknowns]) =>
          unknowns.map(
            ({ scope, detail }) =>
              html`<div>${!keys.has(scope) && html`<span class="soft">${scope}</span> `}${detail}</div>`,
          ),
      },
    ],
    byReason(run.unknowns),
  );
  // When a promise is broken, the doubts stand behind it.
  return html`<details ${verdictBesideWaived(run) !== 'fail' && html`open`}>
    <summary>What could not be known: ${counted(run.unknowns.length, 'doubt')}</summary>
    ${told}
  </details>`;
}

function tiles(run: Run): Markup {
  const { evidence, disturbances, hazards } = run;
  const recorded = recordedAs(run.generator);
  const bitten = disturbances.filter(({ bit }) => bit).length;
  const reached = hazards.filter(({ reached: is }) => is).length;
  const unique = run.findings.find(({ guarantee }) => guarantee === 'unique');
  const extent = extentOf(run);
  const figures: [string, string, string?][] = [
    [
      'IDs stored',
      grouped(evidence.stored),
      evidence.minted === '0'
        ? `none was ${recorded}`
        : evidence.stored === evidence.minted
          ? `every ${recorded} one`
          : `of ${grouped(evidence.minted)} ${recorded}`,
    ],
    [
      'Duplicates',
      unique === undefined ? '–' : grouped(unique.violations),
      unique === undefined ? 'not judged' : `among ${grouped(unique.checked)} looked at`,
    ],
    disturbing(disturbances).length === 0 && run.state === 'judged'
      ? ['Disturbances', 'none', 'how it bears faults was not tried']
      : ['Disturbances in force', `${bitten} of ${disturbances.length}`, 'measured from outside'],
    ['Hazards reached', `${reached} of ${hazards.length}`],
    ['Length', extent === undefined ? '–' : lasting(extent.to - extent.from), `on ${run.driver}`],
  ];
  return html`<dl class="tiles">
    ${figures.map(
      ([name, figure, note]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${figure}${note !== undefined && html`<small>${note}</small>`}</dd>
        </div>`,
    )}
  </dl>`;
}
