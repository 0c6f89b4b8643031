/** An audit as one HTML file in the style of the report of a run: no network, no script, light and dark, down to a phone. */
import type { Audit } from '../../harness/audit/audit-schema.ts';
import { refusalText } from '../../harness/audit/refusals.ts';
import { counted, times } from '../../harness/core/phrases.ts';
import { section } from '../page/section.ts';
import { STYLE } from '../page/style.ts';
import { table } from '../page/table.ts';
import { html, trusted } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { grouped } from '../shared/words.ts';
import type { Chapter } from './chapter.ts';
import { cut, ROWS_MAX } from './chapter.ts';
import { load, order } from './lines.ts';
import { lengthWords, rateWords } from './words.ts';

const SECURITY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const TONE = { pass: 'good', fail: 'bad', unknown: 'unsure' } as const;
const SIGN = {
  pass: trusted('<path d="M7 16.5l6.2 6.2L25.5 10"/>'),
  fail: trusted('<path d="M9 9l14 14M23 9L9 23"/>'),
  unknown: trusted('<path d="M11.5 12a4.6 4.6 0 1 1 6.8 4c-1.6.9-2.3 1.8-2.3 3.4M16 24.2v.1"/>'),
} as const;
const HEADLINE = {
  pass: 'Pass: no ID was emitted twice',
  fail: 'Fail: IDs were emitted more than once',
  unknown: 'Unknown: whether the IDs are unique cannot be said',
} as const;
const DUPLICATES_OPEN = 12;

export function auditPage(audit: Audit): string {
  const chapters = chaptersOf(audit);
  const { verdict } = audit;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(SECURITY)}" />
        <title>${HEADLINE[verdict]} · audit of ${subject(audit)}</title>
        ${trusted(`<style>${STYLE}.held{fill:var(--bad)}.span{fill:var(--link);fill-opacity:.55}</style>`)}
      </head>
      <body>
        <header>
          <p class="overline">snowglobe · audit of <b>${subject(audit)}</b></p>
          <p class="question">Was each of these IDs emitted once, and in which order?</p>
        </header>
        <main>
          <section class="verdict ${TONE[verdict]}" aria-labelledby="verdict-title">
            <svg viewBox="0 0 32 32" width="56" height="56" aria-hidden="true">
              <circle cx="16" cy="16" r="15" />
              ${SIGN[verdict]}
            </svg>
            <div>
              <h1 id="verdict-title">${HEADLINE[verdict]}</h1>
              ${
                audit.reasons.length > 0 &&
                html`<ul class="reasons">
                  ${audit.reasons.map((reason) => html`<li>${reason}</li>`)}
                </ul>`
              }
            </div>
          </section>
          ${tiles(audit)}
          <nav aria-label="Parts of this report">
            <ul>
              ${chapters.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
          ${chapters.map(({ id, title, body }) => section(id, title, body))}
        </main>
        <footer>
          snowglobe · this page is complete in itself; <code>--json</code> gives the same as data, and more of it.
        </footer>
      </body>
    </html> `.text;
}

function chaptersOf(audit: Audit): readonly Chapter[] {
  const { unique, lines, clocks, suspects, refused } = audit;
  return [
    ...(unique === undefined ? [] : [uniqueness(audit, unique)]),
    ...(suspects === undefined || nodesOf(audit) < 2 ? [] : [suspectSet(suspects)]),
    ...(lines.length === 0 ? [] : [order(audit)]),
    ...(lines.some(({ perMs }) => perMs !== undefined) ? [load(audit)] : []),
    ...(clocks === undefined ? [] : [clockTable(clocks)]),
    ...(refused.total === 0 ? [] : [noIds(refused)]),
    inputs(audit),
    {
      id: 'repeat',
      title: 'Repeat this audit',
      body: html`<div class="command">
        <pre tabindex="0"><code>${audit.command}</code></pre>
      </div>`,
    },
  ];
}

function nodesOf({ lines }: Audit): number {
  return new Set(lines.map(({ node }) => node)).size;
}

function subject({ inputs: all }: Audit): string {
  return all.length === 1 ? all[0]!.name : counted(all.length, 'input');
}

function tiles(audit: Audit): Markup {
  const { ids, unique, lines, suspects, time, took, verdict } = audit;
  const backward = lines.filter((line) => line.backward !== '0').length;
  const figures: readonly (readonly [string, string, string?])[] = [
    ['IDs', grouped(ids), `of ${counted(nodesOf(audit), 'node')}`],
    [
      'Duplicated IDs',
      unique === undefined ? '–' : grouped(unique.repeated),
      unique === undefined
        ? 'not judged'
        : verdict === 'unknown'
          ? 'among what could be read'
          : `by ${unique.method}, exact`,
    ],
    ['Lines out of order', `${grouped(backward)} of ${grouped(lines.length)}`],
    ...(suspects === undefined || nodesOf(audit) < 2
      ? []
      : [['Suspect IDs', grouped(suspects.ids), 'two nodes, one worker ID'] as const]),
    ...(time === undefined ? [] : [['Time in the IDs', lengthWords(time.ms)] as const]),
    ['Read and judged in', lengthWords(took.seconds * 1000), rateWords(took.idsPerSecond)],
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

function uniqueness({ verdict }: Audit, unique: NonNullable<Audit['unique']>): Chapter {
  const { method, why, checked, surplus, repeated, duplicates } = unique;
  const rows = duplicates.slice(0, ROWS_MAX);
  return {
    id: 'unique',
    title: 'Unique',
    body: [
      html`<p>
        Established by ${method} for ${grouped(checked)} IDs: exact, no estimate.
        ${why !== undefined && `Not by the certificate: ${why}.`}
        ${
          repeated === '0'
            ? 'No ID is there twice.'
            : `${counted(Number(repeated), 'ID is', 'IDs are')} there more than once, ${times(Number(surplus))} too often in all.`
        }
        ${verdict === 'unknown' && repeated !== '0' && 'They may be the doing of what rounded the IDs.'}
      </p>`,
      rows.length > 0 && duplicateTable(rows.slice(0, DUPLICATES_OPEN)),
      rows.length > DUPLICATES_OPEN &&
        html`<details>
          <summary>${counted(rows.length - DUPLICATES_OPEN, 'more duplicated ID')}</summary>
          ${duplicateTable(rows.slice(DUPLICATES_OPEN))}
        </details>`,
      cut(BigInt(repeated), rows.length, 'duplicated ID'),
    ],
  };
}

function duplicateTable(rows: NonNullable<Audit['unique']>['duplicates']): Markup {
  return table(
    'Duplicated IDs with those who emitted them',
    [
      { head: 'ID', cell: ({ id, written = id }) => html`<span class="id">${written}</span>` },
      { head: 'Times', number: true, cell: ({ total }) => grouped(total) },
      {
        head: 'Emitted by',
        cell: ({ sightings, total }) => [
          sightings.map(
            ({ line, node, position }) =>
              html`<div>${line} <span class="soft">#${grouped(position)}${line !== node && ` of ${node}`}</span></div>`,
          ),
          BigInt(total) > BigInt(sightings.length) &&
            html`<small>and ${grouped(BigInt(total) - BigInt(sightings.length))} more times</small>`,
        ],
      },
      {
        head: 'Fields',
        cell: ({ fields }) =>
          fields === undefined
            ? '–'
            : html`${fields.time}<small
                  >${fields.worker !== undefined && `worker ${fields.worker} `}${fields.sequence !== undefined && `sequence ${fields.sequence}`}</small
                >`,
      },
    ],
    rows,
  );
}

function suspectSet(set: NonNullable<Audit['suspects']>): Chapter {
  const { ids, workers, from, to, overlaps, overlapsInAll, coarse, file } = set;
  const rows = overlaps.slice(0, ROWS_MAX);
  return {
    id: 'suspects',
    title: 'Suspect set',
    body:
      overlapsInAll === 0
        ? html`<p>None: by the time in the IDs, no two nodes minted under one worker ID at once.</p>`
        : [
            html`<p>
              ${counted(ids, 'ID')} of ${counted(workers, 'worker ID')}, from ${from} to ${to}, were minted while two
              nodes minted under one worker ID, by the time in the IDs: not only those that collided, but all that might
              have. A node counts as minting under a worker ID from the first to the last of its IDs in a row that carry
              it.
              ${coarse && 'Of nodes that changed it very often all of the time counts, from their first ID with it to their last.'}
              ${file !== undefined && html`All of them are in <code>${file}</code>.`}
            </p>`,
            table(
              'Times in which nodes minted under one worker ID',
              [
                { head: 'Worker ID', cell: ({ worker }) => grouped(worker) },
                { head: 'Nodes', cell: ({ nodes }) => nodes.join(', ') },
                { head: 'From', cell: (one) => one.from },
                { head: 'To', cell: (one) => one.to },
                { head: 'IDs', number: true, cell: (one) => grouped(one.ids) },
              ],
              rows,
            ),
            cut(overlapsInAll, rows.length, 'such time'),
          ],
  };
}

function clockTable({ how, nodes }: NonNullable<Audit['clocks']>): Chapter {
  return {
    id: 'clocks',
    title: 'Clocks apart',
    body: [
      html`<p class="soft">${how}</p>`,
      table(
        'Nodes whose clocks are apart from those beside them',
        [
          { head: 'Node', cell: ({ node }) => node },
          {
            head: 'Against the others',
            cell: ({ aheadMs }) => `${lengthWords(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead' : 'behind'}`,
          },
          { head: 'Uncertain by', cell: ({ uncertaintyMs }) => lengthWords(uncertaintyMs) },
          { head: 'Samples', number: true, cell: ({ samples }) => grouped(samples) },
        ],
        nodes.slice(0, ROWS_MAX),
      ),
    ],
  };
}

function noIds({ total, byKind, shown }: Audit['refused']): Chapter {
  return {
    id: 'refused',
    title: 'What is no ID',
    body: [
      html`<p>
        ${counted(total, 'record')} left out, as <code>--lenient</code> asks:
        ${Object.entries(byKind)
          .map(([kind, times]) => `${kind} ${grouped(times ?? 0)}`)
          .join(', ')}.
        The first of them:
      </p>`,
      table(
        'The first records that are no IDs',
        [
          { head: 'Where', cell: ({ input, line }) => (line === undefined ? input : `${input}:${line}`) },
          { head: 'Why', cell: ({ kind, text }) => refusalText(kind, text) },
        ],
        shown,
      ),
    ],
  };
}

function inputs({ inputs: all, idBits, form, tornBytes }: Audit): Chapter {
  return {
    id: 'inputs',
    title: 'Inputs',
    body: [
      html`<p class="soft">
        IDs of ${idBits} bits, in texts written as ${form}.
        ${tornBytes !== undefined && `${grouped(tornBytes)} bytes of taps lie behind the last committed batch: nobody was answered with them.`}
      </p>`,
      table(
        'What was read',
        [
          { head: 'Input', cell: ({ name }) => name },
          {
            head: 'Format',
            cell: ({ format, compression }) => (compression === undefined ? format : `${format}, ${compression}`),
          },
          { head: 'Bytes', number: true, cell: ({ bytes }) => (bytes === 0 ? '–' : grouped(bytes)) },
          { head: 'IDs', number: true, cell: ({ ids }) => grouped(ids) },
        ],
        all.slice(0, ROWS_MAX),
      ),
      cut(all.length, Math.min(all.length, ROWS_MAX), 'input'),
    ],
  };
}
