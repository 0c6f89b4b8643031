/** An audit as one HTML file in the style of the report of a run: no network, no script, light and dark, down to a phone. */
import type { Audit, AuditLine } from '../../harness/audit/audit-schema.ts';
import { refusalText } from '../../harness/audit/refusals.ts';
import { counted } from '../../harness/core/phrases.ts';
import { pairs } from '../page/pairs.ts';
import { section } from '../page/section.ts';
import { STYLE } from '../page/style.ts';
import { table } from '../page/table.ts';
import { html, trusted } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';
import { grouped } from '../shared/words.ts';
import { inversionWords, lengthWords, percentWords, rateWords } from './words.ts';

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
/** Long tables are cut; `--json` has all. */
const ROWS_MAX = 200;
const DUPLICATES_OPEN = 12;
const BAR_WIDTH = 100;

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
          snowglobe · this page is complete in itself; <code>--json</code> gives the same as data, cut nowhere.
        </footer>
      </body>
    </html> `.text;
}

interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

function chaptersOf(audit: Audit): readonly Chapter[] {
  const { unique, lines, clocks, suspects, refused } = audit;
  return [
    ...(unique === undefined ? [] : [uniqueness(audit, unique)]),
    ...(suspects === undefined ? [] : [suspectSet(suspects)]),
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

function subject({ inputs: all }: Audit): string {
  return all.length === 1 ? all[0]!.name : counted(all.length, 'input');
}

function tiles({ ids, unique, lines, suspects, time, took, verdict }: Audit): Markup {
  const backward = lines.filter((line) => line.backward !== '0').length;
  const figures: readonly (readonly [string, string, string?])[] = [
    ['IDs', grouped(ids), `of ${counted(new Set(lines.map(({ node }) => node)).size, 'node')}`],
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
    ...(suspects === undefined ? [] : [['Suspect IDs', grouped(suspects.ids), 'two nodes, one worker ID'] as const]),
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
            : `${grouped(repeated)} IDs are there more than once, ${grouped(surplus)} times too often in all.`
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
      { head: 'ID', cell: ({ id }) => html`<span class="id">${id}</span>` },
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

function cut(all: bigint | number, shown: number, noun: string): Content {
  const left = BigInt(all) - BigInt(shown);
  return left > 0n && shown > 0 && html`<p class="soft">And ${counted(Number(left), `more ${noun}`)}.</p>`;
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

function order({ lines, orderJudged, time }: Audit): Chapter {
  if (!orderJudged)
    return {
      id: 'order',
      title: 'Order',
      body: html`<p>Not judged: the rows of a table come in no order of emission.</p>`,
    };
  const rows = [...lines]
    .toSorted((a, b) => Number(b.backward !== '0') - Number(a.backward !== '0'))
    .slice(0, ROWS_MAX);
  return {
    id: 'order',
    title: 'Order of each node',
    body: [
      html`<p class="soft">
        IDs as unsigned numbers, in the order of their line. No promise of order is held against them: what the
        generator promised, only its owner knows.
      </p>`,
      table<AuditLine>(
        'Order of emission by line',
        [
          { head: 'Line', cell: ({ name, node }) => [name, name !== node && html`<small>of ${node}</small>`] },
          { head: 'IDs', number: true, cell: ({ ids }) => grouped(ids) },
          {
            head: 'Backward steps',
            number: true,
            cell: ({ backward, steps }) =>
              backward === '0'
                ? html`<span class="soft zero">0</span>`
                : html`<strong class="unsure">${grouped(backward)}</strong>${
                      steps[0] !== undefined && html`<small>first at #${grouped(steps[0].position)}</small>`
                    }`,
          },
          { head: 'Largest inversion', cell: (line) => inversionWords(line) },
          ...(time === undefined
            ? [
                { head: 'Lowest ID', cell: ({ min }: AuditLine) => html`<span class="id">${min}</span>` },
                { head: 'Highest ID', cell: ({ max }: AuditLine) => html`<span class="id">${max}</span>` },
              ]
            : [
                { head: 'From', cell: ({ from }: AuditLine) => from },
                { head: 'To', cell: ({ to }: AuditLine) => to },
              ]),
        ],
        rows,
      ),
      cut(lines.length, rows.length, 'line'),
    ],
  };
}

function load({ lines, time, workers, misfits, layout }: Audit): Chapter {
  const rows = lines.slice(0, ROWS_MAX);
  return {
    id: 'load',
    title: 'Fields: time, workers, sequence',
    body: [
      pairs([
        ['Layout', html`<code>${layout}</code>`],
        ...(time === undefined ? [] : [['From', time.from] as const, ['To', time.to] as const]),
        ...(workers === undefined
          ? []
          : [
              [
                'Worker IDs',
                workers.tooMany
                  ? 'more than any cluster has'
                  : `${grouped(workers.count)}: ${workers.seen.slice(0, 30).join(', ')}${workers.count > 30 ? ', …' : ''}`,
              ] as const,
            ]),
        ...(misfits === undefined
          ? []
          : [
              [
                'IDs that do not fit the layout',
                misfits.ids === 0 ? '0' : html`<strong class="unsure">${grouped(misfits.ids)}</strong>`,
              ] as const,
            ]),
      ]),
      table<AuditLine>(
        'IDs by line and millisecond of the time in them',
        [
          { head: 'Line', cell: ({ name }) => name },
          { head: 'When', cell: (line) => (time === undefined ? '–' : bar(line, time)) },
          {
            head: 'IDs a ms',
            number: true,
            cell: ({ perMs }) => (perMs === undefined ? '–' : grouped(Number(perMs.toPrecision(3)))),
          },
          {
            head: 'Fullest tick',
            number: true,
            cell: ({ peak }) =>
              peak === undefined
                ? '–'
                : html`${peak.atLeast && 'at least '}${grouped(peak.ids)}<small>${peak.at}</small>`,
          },
          {
            head: 'Sequence in use',
            number: true,
            cell: ({ sequence }) =>
              sequence === undefined
                ? '–'
                : html`${percentWords(sequence.mean)}<small>${percentWords(sequence.peak)} at the most</small>`,
          },
        ],
        rows,
      ),
      cut(lines.length, rows.length, 'line'),
    ],
  };
}

/** Where in the time of all IDs those of a line lie. */
function bar({ from = '', to = '' }: AuditLine, time: NonNullable<Audit['time']>): Markup {
  const place = (moment: string): number =>
    time.ms === 0 ? 0 : ((Date.parse(moment) - Date.parse(time.from)) / time.ms) * BAR_WIDTH;
  const [left, right] = [place(from), place(to)].map((at) => (Number.isFinite(at) ? at : 0)) as [number, number];
  const label = `from ${from} to ${to}`;
  return html`<svg
    viewBox="0 0 100 10"
    width="140"
    height="12"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <line class="grid" x1="0" x2="100" y1="9.5" y2="9.5" />
    <rect class="span" x="${left.toFixed(2)}" y="1" width="${Math.max(0.8, right - left).toFixed(2)}" height="8" />
  </svg>`;
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
