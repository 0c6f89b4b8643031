/** How `snowglobe run` ends: the reports that were asked for, what is to be told, and the exit code. */
import type { ExitCode } from '../core/errors.ts';
import { EXIT, SnowglobeError } from '../core/errors.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Run } from '../core/run.ts';
import { tellWaivers } from '../core/told-waivers.ts';
import { type Outcome, unusedWaivers, type Waiver } from '../core/waivers.ts';
import { type AskedReport, writeReports } from './asked-reports.ts';
import type { Interruption } from './interruption.ts';
import type { Output } from './output.ts';
import { unknownWarning, type UnknownMode, worstExit } from './unknown-mode.ts';

/** What came of the scenarios of one command. */
export interface Series {
  /** Every attempt, in order. */
  readonly runs: readonly Run[];
  /** The last attempt of each scenario that came to its end, in the order of the scenarios: these decide. */
  readonly decisive: readonly Run[];
  /** Of each of these, absolute. */
  readonly folders: readonly string[];
  /** What ended the series early. */
  readonly failure?: { readonly error: unknown };
}

export interface Ending {
  /** As they were asked for, those that were not begun among them. */
  readonly items: readonly {
    readonly scenario: { readonly name: string };
    readonly generator: { readonly generator: { readonly name: string } };
  }[];
  readonly reports: readonly AskedReport[];
  readonly waivers: readonly Waiver[];
  readonly unknown: UnknownMode;
  /** The record of a matrix, in place of its runs where one document is asked for. */
  readonly matrix?: Matrix;
}

/** Writes the reports, tells of the failure and writes the document, as far as there is one; the exit code. */
export function conclude(
  series: Series,
  ending: Ending,
  { signal }: Pick<Interruption, 'signal'>,
  output: Output,
): ExitCode {
  const { runs, decisive } = series;
  const worst = worstExit(decisive, ending.unknown);
  for (const line of tellWaivers(ending.waivers, outcomesOf(decisive, ending))) output.text(line);
  const warning = unknownWarning(decisive, ending.unknown);
  if (warning !== undefined) output.text(warning);
  const unwritten = write(runs, ending);
  const failure = series.failure ?? unwritten ?? (signal.aborted ? undefined : unneeded(decisive, ending));
  if (failure !== undefined) {
    const exitCode = output.error(failure.error, runs.length === 0 ? {} : { runs });
    // What was judged before stays judged: what is broken or missed outweighs the error that came after it.
    const isFail = worst === EXIT.guaranteeBroken || worst === EXIT.sloMissed;
    return isFail && !signal.aborted ? worst : exitCode;
  }
  if (output.json) output.document(ending.matrix ?? (runs.length === 1 ? runs[0] : runs), '');
  return signal.aborted ? EXIT.interrupted : worst;
}

function write(runs: readonly Run[], { reports }: Ending): Series['failure'] {
  try {
    writeReports(reports, runs);
    return undefined;
  } catch (error) {
    return { error };
  }
}

function unneeded(decisive: readonly Run[], ending: Ending): Series['failure'] {
  const problems = unusedWaivers(ending.waivers, outcomesOf(decisive, ending));
  return problems.length === 0 ? undefined : { error: new SnowglobeError(EXIT.badInput, problems) };
}

function outcomesOf(decisive: readonly Run[], { items }: Ending): readonly Outcome[] {
  return items.map(({ scenario, generator }, index) => ({
    scenario: scenario.name,
    generator: generator.generator.name,
    run: decisive[index],
  }));
}
