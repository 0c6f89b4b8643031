/** A comparison for a terminal, and as Markdown for a comment. Pure. */
import { counted } from '../../harness/core/phrases.ts';
import { md, mdTable } from '../markdown/text.ts';
import type { ComparedRow, Comparison, Side } from './compare.ts';
import type { Change } from './figures.ts';

const HEADLINE: Readonly<Record<Change, string>> = {
  better: 'RUN is better than BASE',
  worse: 'RUN is worse than BASE',
  same: 'RUN is the same as BASE',
  'cannot tell': 'Nobody can tell whether RUN is better than BASE',
};
const MARK: Readonly<Record<Change, string>> = { better: '+', worse: '✘', same: '=', 'cannot tell': '?' };
const EMOJI: Readonly<Record<Change, string>> = { better: '🟢', worse: '❌', same: '✅', 'cannot tell': '❔' };
const KIND: Readonly<Record<ComparedRow['kind'], string>> = {
  guarantee: 'Guarantees',
  slo: 'SLOs',
  figure: 'Figures',
};

export function comparisonText(comparison: Comparison): string {
  const { change, exitCode, scenario, driver, base, run, method, rows } = comparison;
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 5);
  return [
    ` ${MARK[change]} ${HEADLINE[change]}  exit ${exitCode}`,
    `   ${scenario} on ${driver}; BASE: ${sideWords(base)}; RUN: ${sideWords(run)}`,
    `   ${method}`,
    ...byKind(rows).flatMap(([kind, own]) => [
      '',
      ` ${KIND[kind].toLowerCase()}`,
      ...own.flatMap(({ name, change: of, base: before, run: now, why }) => [
        ` ${MARK[of]} ${name.padEnd(width)}  ${of}: ${before} → ${now}`,
        `${indent}${why}`,
      ]),
    ]),
  ].join('\n');
}

export function comparisonMarkdown(comparison: Comparison): string {
  const { change, scenario, driver, base, run, method, rows } = comparison;
  return `${[
    `## ${EMOJI[change]} ${HEADLINE[change]}`,
    `**${md(scenario)}** on **${md(driver)}**; BASE: ${md(sideWords(base))}; RUN: ${md(sideWords(run))}. ${md(method)}`,
    ...byKind(rows).map(
      ([kind, own]) =>
        `### ${KIND[kind]}\n\n${mdTable(
          ['', 'Change', 'BASE', 'RUN', 'Why'],
          own.map(({ name, change: of, base: before, run: now, why }) => [
            md(name),
            `${EMOJI[of]} ${of}`,
            md(before),
            md(now),
            md(why),
          ]),
        )}`,
    ),
  ].join('\n\n')}\n`;
}

function byKind(rows: readonly ComparedRow[]): readonly (readonly [ComparedRow['kind'], readonly ComparedRow[]])[] {
  return [...Map.groupBy(rows, ({ kind }) => kind)];
}

function sideWords({ generator, runs }: Side): string {
  return `${generator}, ${runs.length === 1 ? `run ${runs[0]}` : counted(runs.length, 'run')}`;
}
