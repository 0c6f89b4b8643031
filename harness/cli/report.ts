/** `snowglobe report RUN`: renders the record of a run again, in any of the formats that there are. */
import { join, relative, resolve } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import { badInput, EXIT } from '../core/errors.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { loadReporters } from '../registry.ts';
import type { Output } from './output.ts';
import { savedRun } from './saved-runs.ts';
import { writeOut } from './write-out.ts';

export interface ReportArguments {
  readonly run: string;
  /** The name of a reporter. */
  readonly format: string;
  /** Undefined: the reporter's own name, in the folder of the run. */
  readonly out: string | undefined;
}

/** It tells what the run came to by its file only: its exit code says whether that was written. */
export async function report({ run: reference, format, out }: ReportArguments, output: Output): Promise<ExitCode> {
  const reporters = await loadReporters();
  const reporter = reporters.get(format);
  if (reporter === undefined)
    throw badInput(`There is no format "${format}".`, chooseAmong(format, [...reporters.keys()]), '--format');
  const { folder, run } = savedRun(reference, 'RUN');
  const { file, content } = reporter.render(run);
  const path = out === undefined ? join(folder, file) : resolve(out);
  writeOut(path, content);
  const shown = relative(process.cwd(), path);
  output.document({ format, file: path, verdict: run.verdict }, `Written: ${shown} (${run.verdict}).`);
  return EXIT.pass;
}
