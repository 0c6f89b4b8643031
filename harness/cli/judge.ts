/** `snowglobe judge RUN`: judges what a run left, from its taps and its journal, also when its harness was killed. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import { badInput, EXIT, messageOf, SnowglobeError } from '../core/errors.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Owner } from '../core/owner.ts';
import { alwaysWritten } from '../core/reporter.ts';
import type { Run } from '../core/run.ts';
import { rejudge } from '../engine/rejudge.ts';
import { ownerState } from '../engine/owner.ts';
import { JOURNAL_FILE, OWNER_FILE, RUN_FILE, saveRun, TAPS_FOLDER } from '../engine/record.ts';
import type { JournalRead } from '../engine/journal.ts';
import { readJournal } from '../engine/journal.ts';
import { unmeasurable } from '../engine/slo-problems.ts';
import { loadParts } from '../registry.ts';
import { verdictText } from '../telemetry/verdict-text.ts';
import type { Output } from './output.ts';
import { savedRun } from './saved-runs.ts';
import { afreshOpener, storeOpener } from './store.ts';

export async function judgeRun(reference: string, storeUrl: string | undefined, output: Output): Promise<ExitCode> {
  const { folder, run: begun } = savedRun(reference, 'RUN');
  refuseLiving(folder, begun);
  const { journal, origin } = readLeft(folder);
  const openStore = await storeOpener(storeUrl);
  const openAfresh = await afreshOpener(storeUrl);
  const { checkers, hazards, indicators, reporters } = await loadParts();
  const problems = unmeasurable(begun.scenario, indicators);
  if (problems.length > 0) throw new SnowglobeError(EXIT.badInput, problems);
  const shown = relative(process.cwd(), folder) || '.';
  const log = (text: string): void => output.text(`Judging ${shown}: ${text}.`);
  const stores = { openStore, ...(openAfresh !== undefined && { openAfresh }) };
  const run = await rejudge({ folder, begun, journal, origin, ...stores, checkers, hazards, indicators, log });
  const written = saveRun(folder, run, alwaysWritten(reporters));
  output.document(run, verdictText(run, { stream: output.stream, folder: shown }));
  output.text(`Written anew in ${shown}: ${written.map((file) => basename(file)).join(', ')}.`);
  return run.exitCode as ExitCode;
}

function refuseLiving(folder: string, { state }: Run): void {
  const file = join(folder, OWNER_FILE);
  if (state !== 'begun' || !existsSync(file)) return;
  const owner = ownerIn(file);
  if (ownerState(owner) === 'alive')
    throw badInput(`The run still goes on (process ${owner.pid}).`, 'Wait for its end, or interrupt it.', folder);
}

/** A harness that was killed at that moment leaves half of it. */
function ownerIn(file: string): Owner {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    throw badInput(
      `Whose run it is cannot be read, and so not whether it still goes on: ${messageOf(error)}.`,
      'Where no snowglobe runs any more, delete the file.',
      file,
    );
  }
}

function readLeft(folder: string): {
  readonly journal: JournalRead;
  readonly origin: Extract<JournalEntry, { kind: 'origin' }>;
} {
  if (!existsSync(join(folder, TAPS_FOLDER)))
    throw badInput(
      'The run left no taps: it was simulated, or ended before its cluster was launched.',
      `Repeat it with the command that its ${RUN_FILE} names.`,
      folder,
    );
  if (!existsSync(join(folder, JOURNAL_FILE)))
    throw badInput(
      `The run has no ${JOURNAL_FILE}, without which nobody knows what its nodes were asked, and when.`,
      'Bring it back from where the folder was copied from, or run the scenario again.',
      folder,
    );
  const journal = readJournal(join(folder, JOURNAL_FILE));
  const origin = journal.entries.find((entry) => entry.kind === 'origin');
  if (origin?.kind !== 'origin')
    throw badInput(
      'The run ended before its cluster was launched: there is nothing to judge.',
      'Run the scenario again.',
      folder,
    );
  return { journal, origin };
}
