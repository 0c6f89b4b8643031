/** What became of each scenario of one command, a line each, and how many passed, failed or proved nothing. */
import type { ExitCode } from '../core/errors.ts';
import { generatorLabel } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';
import type { Verdict } from '../core/verdict.ts';
import { verdictBesideWaived } from '../core/waived.ts';
import type { Line, Tone } from './text.ts';
import { fit, painter, span, wrap } from './text.ts';

export interface SummaryTextOptions {
  /** Where the text goes: it decides colours and width. */
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** Of the command. */
  readonly exitCode: ExitCode;
}

const INDENT = 3;
const SHOWN: Readonly<Record<Verdict | 'not run', { readonly mark: string; readonly tone: Tone }>> = {
  pass: { mark: '✔', tone: 'good' },
  fail: { mark: '✘', tone: 'bad' },
  unknown: { mark: '?', tone: 'doubt' },
  'not run': { mark: '–', tone: 'faint' },
};
const OUTCOMES = Object.keys(SHOWN) as (keyof typeof SHOWN)[];
const WORD_WIDTH = Math.max(...OUTCOMES.map(({ length }) => length));

/** `scenarios`: as they were asked for; `runs`: of the first of them, in the same order. Ends with a line break. */
export function summaryText(
  scenarios: readonly string[],
  runs: readonly Run[],
  { stream, exitCode }: SummaryTextOptions,
): string {
  const width = (stream.columns ?? Infinity) - 1;
  const nameWidth = Math.max(...scenarios.map(({ length }) => length));
  const outcomes = scenarios.map((_, index) => {
    const run = runs[index];
    return run === undefined ? 'not run' : verdictBesideWaived(run);
  });
  const rows = scenarios.map((scenario, index): Line => {
    const outcome = outcomes[index]!;
    const { mark, tone } = SHOWN[outcome];
    const run = runs[index];
    return [
      span(` ${mark} ${outcome.padEnd(WORD_WIDTH)}`, tone),
      span(`  ${scenario.padEnd(nameWidth)}`),
      ...(run === undefined ? [] : [span(`  ${generatorLabel(run.generator)} on ${run.driver}`, 'faint')]),
      ...(run === undefined ? [] : asides(run).map((aside) => span(`  ${aside}`, 'faint'))),
    ];
  });
  const totals = OUTCOMES.flatMap((outcome) => {
    const count = outcomes.filter((one) => one === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const head: Line = [
    span(` ${scenarios.length} scenarios`, 'strong'),
    span(`  ${totals.join(', ')}`),
    span(`  exit ${exitCode}`, 'faint'),
  ];
  const paint = painter(stream);
  return `${[...rows.map((row) => fit(row, width)), ...wrap(head, width, INDENT)].map(paint).join('\n')}\n`;
}

/** Why it is no pass, or less of one: what is broken, what is waived of it, and that it was tried before. */
function asides(run: Run): readonly string[] {
  const { waived = [], attempt, verdict } = run;
  return [
    ...(verdict === 'pass' ? [] : [shortReason(run)]),
    ...(waived.length === 0 ? [] : [`${waived.length} waived`]),
    ...(attempt === undefined || attempt.number === 1 ? [] : [`attempt ${attempt.number} of ${attempt.of}`]),
  ];
}

/**
 * Of what is broken, the guarantees, and the SLOs that were missed; of what is not known, the kinds of doubt. The rest
 * stands in each verdict above.
 */
function shortReason({ verdict, findings, slos = [], unknowns }: Run): string {
  const broken = findings.filter((finding) => finding.promised && finding.verdict === 'fail');
  const missed = slos.filter((slo) => slo.verdict === 'fail').map(({ name }) => `SLO ${name}`);
  return verdict === 'fail'
    ? [...new Set(broken.map(({ guarantee }) => guarantee)), ...missed].join(', ')
    : [...new Set(unknowns.map(({ reason }) => reason))].join(', ');
}
