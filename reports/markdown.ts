/** The run as Markdown, for the step summary and the comments of GitHub: what counts at the top, stories folded. */
import { methodWords } from '../harness/core/method-words.ts';
import { capitalised, counted, generatorLabel } from '../harness/core/phrases.ts';
import type { Reporter } from '../harness/core/reporter.ts';
import { gatheredHow, recordedAs } from '../harness/core/scope.ts';
import { reasonsInShort } from '../harness/core/reasons-in-short.ts';
import type { Run } from '../harness/core/run.ts';
import { whereText } from '../harness/core/slo-words.ts';
import type { Verdict } from '../harness/core/verdict.ts';
import { subjectOf, verdictBesideWaived, waivedOf } from '../harness/core/waived.ts';
import { details, fenced, md, mdTable, shortMd, withinBytes } from './markdown/text.ts';
import { ADVICE } from './shared/advice.ts';
import { attemptWords } from './shared/attempts.ts';
import { headline } from './shared/headline.ts';
import { nameOf, outcomesOf } from './shared/outcomes.ts';
import { waivedFinding } from './shared/waivers.ts';
import { amount, grouped, objectiveWords, seconds } from './shared/words.ts';

/** GitHub refuses a step summary of more than 1 MiB. */
export const BYTES_MAX = 1_000_000;
const STORIES_MAX = 3;
const WHOLE = whereText('whole');
const STORY_MAX = 1500;
const CELL_MAX = 300;
const ROWS_MAX = 200;

const MARK: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', unknown: '❔' };
const KEPT: Readonly<Record<Verdict, string>> = { pass: 'kept', fail: '**broken**', unknown: 'unknown' };
const WAIVED = '– broken, waived';
const MET: Readonly<Record<Verdict, string>> = { pass: 'met', fail: '**missed**', unknown: 'unknown' };

export default {
  name: 'markdown',
  render: (run) => ({ file: 'summary.md', content: withinBytes(parts(run), BYTES_MAX) }),
} satisfies Reporter;

function parts(run: Run): readonly string[] {
  return [
    `## ${MARK[verdictBesideWaived(run)]} ${md(headline(run))}`,
    about(run),
    reasonsInShort(run)
      .map((reason) => `- ${shortMd(reason, CELL_MAX)}`)
      .join('\n'),
    waivers(run),
    promises(run),
    ...stories(run),
    slos(run),
    doubtful(run),
    evidence(run),
    `### Repeat\n\n${fenced(run.command, 'sh')}`,
  ].filter((part) => part !== '');
}

function about(run: Run): string {
  const { scenario, generator, driver, seed, measured } = run;
  const [name, label, by, from, id] = [scenario.name, generatorLabel(generator), driver, seed, measured.runId].map(
    (text) => shortMd(text, CELL_MAX),
  );
  const attempt = attemptWords(run);
  return `**${name}** shakes **${label}** on **${by}**, seed ${from}, run ${id}.${attempt === undefined ? '' : ` ${shortMd(attempt, STORY_MAX)}`} Evidence: ${shortMd(gatheredHow(generator), CELL_MAX)}`;
}

function waivers({ waived = [] }: Run): string {
  if (waived.length === 0) return '';
  return `### Waived\n\n${mdTable(
    ['What', 'Violations', 'Why', 'Ticket', 'Until'],
    waived.flatMap((known) =>
      known.by.map(({ reason, ticket, expires }) => [
        shortMd(subjectOf(known), CELL_MAX),
        grouped(known.violations),
        shortMd(reason, CELL_MAX),
        shortMd(ticket, CELL_MAX),
        shortMd(expires, CELL_MAX),
      ]),
    ),
    [1],
  )}`;
}

function promises(run: Run): string {
  const { findings, unjudged = [] } = run;
  if (findings.length === 0) return '';
  return `### Promised and kept\n\n${mdTable(
    ['Guarantee', 'Verdict', 'Violations', 'Outside assumptions', 'Undecided', 'Looked at'],
    findings.map((finding) => [
      shortMd(nameOf(finding), CELL_MAX),
      waivedFinding(run, finding) !== undefined
        ? WAIVED
        : finding.promised
          ? `${MARK[finding.verdict]} ${KEPT[finding.verdict]}`
          : '– not promised',
      grouped(finding.violations),
      grouped(finding.outsideAssumptions),
      grouped(finding.undecided),
      `${grouped(finding.checked)} ${shortMd(finding.unit, CELL_MAX)}`,
    ]),
    [2, 3, 4, 5],
  )}${methodWords(findings)
    .map((sentence) => `\n\n${sentence}`)
    .join(
      '',
    )}${unjudged.map(({ guarantee, because }) => `\n\n– **${guarantee}** is not judged: ${shortMd(because, CELL_MAX)}.`).join('')}`;
}

function slos(run: Run): string {
  const { slos: judged = [], figures = [] } = run;
  const value = (of: { readonly value?: number; readonly unit: (typeof judged)[number]['unit'] }): string =>
    of.value === undefined ? '–' : amount(of.value, of.unit);
  const rows = [
    ...judged.map((slo) => [
      `${shortMd(slo.name, CELL_MAX)}<br>${shortMd(slo.what, CELL_MAX)}`,
      slo.verdict === 'fail' && waivedOf(run, { slo: slo.name }) !== undefined
        ? '– missed, waived'
        : `${MARK[slo.verdict]} ${MET[slo.verdict]}`,
      value(slo),
      objectiveWords(slo.objective, slo.unit),
      shortMd(slo.where, CELL_MAX),
      `${grouped(slo.samples)} (needs ${grouped(slo.minSamples)})`,
    ]),
    ...figures
      .filter(({ where }) => where === WHOLE)
      .map((figure) => [
        `${shortMd(figure.name, CELL_MAX)}<br>${shortMd(figure.what, CELL_MAX)}`,
        '– no bound',
        value(figure),
        '–',
        shortMd(figure.where, CELL_MAX),
        grouped(figure.samples),
      ]),
  ];
  const parts = figures
    .filter(({ where }) => where !== WHOLE)
    .map((figure) => [
      shortMd(figure.where, CELL_MAX),
      shortMd(figure.name, CELL_MAX),
      value(figure),
      grouped(figure.samples),
    ]);
  if (rows.length + parts.length === 0) return '';
  const head = ['SLO or figure', 'Verdict', 'Value', 'Objective', 'Where', 'Samples'];
  return [
    '### SLOs and figures',
    ...(rows.length === 0 ? [] : [shortTable(head, rows, [2, 3, 5])]),
    ...(parts.length === 0
      ? []
      : [
          details(
            `${counted(parts.length, 'figure')} of phases and of single disturbances`,
            shortTable(['Where', 'Figure', 'Value', 'Samples'], parts, [2, 3]),
          ),
        ]),
  ].join('\n\n');
}

/** Disturbances and hazards: how many, and those that keep the run from proving anything. */
function doubtful(run: Run): string {
  const { disturbances, hazards } = run;
  const bit = disturbances.filter((record) => record.bit).length;
  const reached = hazards.filter((hazard) => hazard.reached).length;
  const rows = outcomesOf(run)
    .filter(({ group, result }) => (group === 'disturbances' || group === 'hazards') && result !== 'pass')
    .map(({ name, summary }) => [`${MARK.unknown} ${shortMd(name, CELL_MAX)}`, shortMd(summary, CELL_MAX)]);
  return [
    '### Disturbances and hazards',
    `${bit} of ${counted(disturbances.length, 'disturbance')} measured in force; ${reached} of ${counted(hazards.length, 'hazard')} reached.`,
    ...(rows.length === 0 ? [] : [shortTable(['Not as asked for', 'What was seen'], rows)]),
  ].join('\n\n');
}

function stories(run: Run): readonly string[] {
  const broken = run.findings.filter(({ promised, witnesses }) => promised && witnesses.length > 0);
  if (broken.length === 0) return [];
  return [
    '### Violations',
    ...broken.map((finding) => {
      const told = finding.witnesses.slice(0, STORIES_MAX);
      const more = finding.violations - told.length;
      return details(
        `<b>${md(nameOf(finding))}</b>: ${counted(finding.violations, 'violation')}${waivedFinding(run, finding) === undefined ? '' : ', waived'}`,
        [...told.map(story), ...(more > 0 ? [`And ${grouped(more)} more: report.html tells some of them.`] : [])].join(
          '\n\n',
        ),
      );
    }),
  ];
}

function story({ what, at, cause, explanation }: Run['findings'][number]['witnesses'][number]): string {
  return [
    `**At ${seconds(at, 3)}: ${shortMd(what, CELL_MAX)}**`,
    ...(cause === undefined ? [] : [`Cause: ${md(cause)}.`]),
    ...(explanation === undefined ? [] : [shortMd(explanation, STORY_MAX)]),
    ...(cause === undefined ? [] : [`What to do: ${md(ADVICE[cause])}`]),
  ].join('\n\n');
}

function evidence({ generator, evidence: { minted, stored, acknowledged, requests }, load, measured }: Run): string {
  const recorded = recordedAs(generator);
  const versions = Object.entries(measured.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `### Evidence\n\n${mdTable(
      [
        capitalised(recorded),
        ...['Stored', 'Acknowledged', 'Requests sent', 'With IDs', 'Refused', 'Errors', 'No answer', 'Not sent'],
      ],
      [
        [
          ...[minted, stored, acknowledged].map(grouped),
          ...[requests.sent, requests.ok, requests.refused, requests.errors, requests.noAnswer, requests.dropped].map(
            grouped,
          ),
        ],
      ],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    )}`,
    ...(load === undefined
      ? []
      : [
          `Load by ${md(load.version ?? load.client)}; ${grouped(load.compared)} of ${counted(load.answered, 'answer')} compared with what was ${recorded}.`,
        ]),
    shortMd(versions.join(', '), STORY_MAX),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function shortTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers?: readonly number[],
): string {
  const more = rows.length - ROWS_MAX;
  const table = mdTable(head, rows.slice(0, ROWS_MAX), numbers);
  return more > 0 ? `${table}\n\nAnd ${counted(more, 'row')} more.` : table;
}
