/** `snowglobe compare BASE RUN`: what has become better or worse between two runs, or two sets of repetitions. */
import { resolve } from 'node:path';
import { incomparable } from '../../reports/compare/comparable.ts';
import { compare } from '../../reports/compare/compare.ts';
import { comparisonMarkdown, comparisonText } from '../../reports/compare/text.ts';
import type { ExitCode } from '../core/errors.ts';
import { badInput, EXIT, refuse } from '../core/errors.ts';
import { loadIndicators } from '../registry.ts';
import type { Output } from './output.ts';
import { savedRuns } from './saved-runs.ts';
import { writeOut } from './write-out.ts';

export interface CompareArguments {
  /** Each: a run, or a folder of several. */
  readonly base: string;
  readonly run: string;
  /** `10%`. */
  readonly tolerance: string | undefined;
  /** Where the comparison goes as Markdown, beside what is told here. */
  readonly out: string | undefined;
}

export async function compareRuns(args: CompareArguments, output: Output): Promise<ExitCode> {
  const tolerance = toleranceOf(args.tolerance);
  const base = savedRuns(args.base, 'BASE').map(({ run }) => run);
  const run = savedRuns(args.run, 'RUN').map((saved) => saved.run);
  const problems = incomparable(base, run);
  refuse(EXIT.badInput, problems);
  const directions = new Map([...(await loadIndicators()).values()].map(({ name, better }) => [name, better]));
  const comparison = compare(base, run, directions, tolerance);
  if (args.out !== undefined) writeOut(resolve(args.out), comparisonMarkdown(comparison));
  output.document(comparison, comparisonText(comparison));
  return comparison.exitCode;
}

function toleranceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (percent === undefined || !(Number(percent) > 0 && Number(percent) <= 100))
    throw badInput(
      `"${text}" is no tolerance.`,
      'Give a share of the value of BASE that counts as no difference, more than 0% and at most 100%, such as 10%.',
      '--tolerance',
    );
  return Number(percent) / 100;
}
