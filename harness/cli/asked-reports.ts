/**
 * The reports that a user, or a CI system, asks for: one file for all runs of a command, by `--junit FILE` and
 * `--summary FILE`. Where a file cannot be written is told before anything starts; it is written on every way out that has
 * runs.
 */
import { appendFileSync, closeSync, existsSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { badInput, environmentLacks, messageOf } from '../core/errors.ts';
import type { Reporter } from '../core/reporter.ts';
import type { Run } from '../core/run.ts';
import { makeFolder } from './runs-folder.ts';

/** Set by GitHub Actions: a file that belongs to all steps of a job, each of which adds to it. */
export const SUMMARY_VARIABLE = 'GITHUB_STEP_SUMMARY';

export interface AskedReport {
  readonly reporter: Reporter;
  /** Absolute. */
  readonly file: string;
  /** The option or the variable that names it. */
  readonly where: string;
  /** What is in the file stays there. */
  readonly appends: boolean;
}

export interface Asked {
  readonly junit: string | undefined;
  readonly summary: string | undefined;
}

/** The reports with the reporters that make them. */
export function askedReports(
  { junit, summary }: Asked,
  reporters: ReadonlyMap<string, Reporter>,
  environment: Readonly<Record<string, string | undefined>>,
): readonly AskedReport[] {
  const given = (name: string, path: string, where: string, appends = false): AskedReport => {
    const reporter = reporters.get(name);
    if (reporter === undefined) throw new Error(`there is no reporter "${name}"`);
    if (path === '') throw badInput('The name of the file is empty.', 'Give the path of a file.', where);
    return { reporter, file: resolve(path), where, appends };
  };
  // GitHub sets it to nothing where there is no such file.
  const ofStep = environment[SUMMARY_VARIABLE] || undefined;
  const asked = [
    ...(junit === undefined ? [] : [given('junit', junit, '--junit')]),
    ...(summary === undefined
      ? ofStep === undefined
        ? []
        : [given('markdown', ofStep, SUMMARY_VARIABLE, true)]
      : [given('markdown', summary, '--summary')]),
  ];
  const [one, other] = asked;
  if (one !== undefined && one.file === other?.file)
    throw badInput(`${one.where} and ${other.where} name the same file.`, 'Give each a file of its own.', other.where);
  return asked;
}

/**
 * Proves that each can be written. What an earlier command left in a file that is to be replaced goes: should this one end
 * without a run, nobody takes the old verdict for its own.
 */
export function makeReady(reports: readonly AskedReport[]): void {
  for (const { file, where, appends } of reports)
    try {
      makeFolder(dirname(file));
      const wasThere = existsSync(file);
      closeSync(openSync(file, 'a'));
      // A device such as /dev/stdout is written to, and never removed.
      if (statSync(file).isFile() && !(wasThere && appends)) rmSync(file);
    } catch (error) {
      throw badInput(
        `${file} cannot be written: ${messageOf(error)}.`,
        where === SUMMARY_VARIABLE
          ? 'Unset the variable, or give --summary FILE.'
          : 'Name a file that you can write to.',
        where,
      );
    }
}

/** All of them, also when one cannot be written any more: that is told as an error at the end. */
export function writeReports(reports: readonly AskedReport[], runs: readonly Run[]): void {
  if (runs.length === 0) return;
  const failed: string[] = [];
  for (const { reporter, file, appends } of reports)
    try {
      const parts = runs.map((run) => reporter.render(run).content);
      const content = reporter.join?.(parts) ?? parts.join('\n');
      if (appends) appendFileSync(file, content);
      else writeFileSync(file, content);
    } catch (error) {
      failed.push(`${file} could not be written: ${messageOf(error)}.`);
    }
  if (failed.length > 0) throw environmentLacks(failed.join(' '), 'Every run has its own report in its folder.');
}
