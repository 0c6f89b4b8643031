/** `snowglobe audit FILES…`: IDs that were emitted elsewhere, judged exactly. All wiring of an audit is here. */
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { auditPage } from '../../reports/audit/page.ts';
import { audit } from '../audit/audit.ts';
import type { AuditQuestion, AuditTools } from '../audit/audit.ts';
import { standardInput } from '../audit/inputs.ts';
import type { LookedAt } from '../audit/inputs.ts';
import type { TextForm } from '../audit/id-words.ts';
import { TEXT_FORMS } from '../audit/id-words.ts';
import type { Format } from '../audit/probe.ts';
import { FORMATS } from '../audit/probe.ts';
import { findSources, STDIN } from '../audit/sources.ts';
import type { ExitCode } from '../core/errors.ts';
import { badInput, environmentLacks, EXIT, messageOf, problem, SnowglobeError } from '../core/errors.ts';
import { parseLayout } from '../core/layout-spec.ts';
import type { Layout } from '../core/layout.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { capitalised } from '../core/phrases.ts';
import { quotedWord } from '../core/shell-words.ts';
import { exact } from '../exact/exact.ts';
import type { EmbeddedEngine } from '../stores/clickhouse/embedded.ts';
import { auditProgress } from './audit-progress.ts';
import { openTable } from './audit-table.ts';
import { auditText } from './audit-text.ts';
import type { Output } from './output.ts';

export interface AuditArguments {
  readonly files: readonly string[];
  readonly from: string | undefined;
  readonly format: string | undefined;
  readonly column: string | undefined;
  readonly nodeColumn: string | undefined;
  readonly form: string | undefined;
  readonly layout: string | undefined;
  readonly signed: boolean;
  readonly lenient: boolean;
  readonly report: string | undefined;
  readonly suspects: string | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function auditCommand(args: AuditArguments, output: Output): Promise<ExitCode> {
  const question = readQuestion(args);
  // First: from the moment that there is a folder, a signal has to take it away again.
  const interruption = onSignal();
  const folder = temporaryFolder();
  const progress = auditProgress(output.stream, () => performance.now());
  let engine: Promise<EmbeddedEngine> | undefined;
  const tools: AuditTools = {
    folder,
    exact,
    threads: availableParallelism(),
    stdin: standardInput,
    onBytes: progress.bytes,
    phase: progress.phase,
    now: () => performance.now(),
    signal: interruption.signal,
    engine: async () => {
      // Only what needs it loads it.
      const { startEngine } = await import('../stores/clickhouse/embedded.ts');
      engine ??= startEngine(join(folder, 'engine'));
      try {
        return (await engine).address;
      } catch (error) {
        throw environmentLacks(
          `Parquet is read by the embedded ClickHouse, which cannot be had: ${messageOf(error)}`,
          'Run npm install chdb, or write the IDs as CSV or JSONL.',
        );
      }
    },
  };
  try {
    const tables = args.from === undefined ? [] : [await table(args.from, question, tools)];
    const found = await audit({ ...question, tables }, tools);
    progress.end();
    const report = args.report === undefined ? undefined : resolve(args.report);
    if (report !== undefined) write(report, '--report', () => writeFileSync(report, auditPage(found)));
    output.document(found, auditText(found, { stream: output.stream, report: args.report }));
    return found.exitCode as ExitCode;
  } catch (error) {
    progress.end();
    throw interruption.signal.aborted ? interruption.signal.reason : error;
  } finally {
    interruption.dispose();
    await engine?.then(
      (started) => started.stop(),
      () => undefined,
    );
    rmSync(folder, { recursive: true, force: true });
  }
}

async function table(url: string, question: AuditQuestion, tools: AuditTools): Promise<LookedAt> {
  tools.phase('asking the table', 0);
  return openTable(url, question, tools.signal);
}

function readQuestion(args: AuditArguments): Omit<AuditQuestion, 'tables'> & { readonly tables: readonly LookedAt[] } {
  const { files, from, format = 'auto', column, nodeColumn, form, layout, signed, lenient, suspects, report } = args;
  if (files.length === 0 && from === undefined)
    throw badInput(
      'snowglobe audit needs FILES: files, folders, patterns, or - for standard input.',
      'Write: snowglobe audit FILES…, or snowglobe audit --from clickhouse://user@host:8123/db.table.',
    );
  if (!(FORMATS as readonly string[]).includes(format))
    throw badInput(`There is no format "${format}".`, chooseAmong(format, FORMATS), '--format');
  if (form !== undefined && !(TEXT_FORMS as readonly string[]).includes(form))
    throw badInput(`IDs cannot be read in the form "${form}".`, chooseAmong(form, TEXT_FORMS), '--form');
  if (files.includes(STDIN) && process.stdin.isTTY)
    throw badInput('Standard input is a terminal.', 'Pipe IDs into it, or name files.', STDIN);
  const read = layout === undefined ? undefined : layoutNamed(layout);
  if (suspects !== undefined && (read === undefined || read.workerBits === 0 || read.timeBits === 0))
    throw badInput(
      'Who held a worker ID when is read from a layout with a time and a worker ID.',
      'Give --layout of that kind, or leave --suspects out.',
      '--suspects',
    );
  if (suspects !== undefined) checkWritable(resolve(suspects), '--suspects');
  if (report !== undefined) checkWritable(resolve(report), '--report');
  return {
    sources: findSources(files, format),
    tables: [],
    format: format as Format,
    ...(column !== undefined && { column }),
    ...(nodeColumn !== undefined && { nodeColumn }),
    ...(form !== undefined && { form: form as TextForm }),
    ...(read !== undefined && { layout: read }),
    ...(suspects !== undefined && { suspectsFile: resolve(suspects) }),
    signed,
    lenient,
    command: commandOf(args),
  };
}

function layoutNamed(text: string): Layout {
  try {
    return parseLayout(text);
  } catch (error) {
    const said = messageOf(error);
    throw badInput(capitalised(said), 'See snowglobe list --layouts.', '--layout');
  }
}

/** How to ask the same again. */
function commandOf(args: AuditArguments): string {
  const { files, from, format, column, nodeColumn, form, layout, signed, lenient } = args;
  const options = { from, format, column, 'node-column': nodeColumn, form, layout };
  const words = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const flags = [...(signed ? ['--signed'] : []), ...(lenient ? ['--lenient'] : [])];
  return ['snowglobe', 'audit', ...files, ...words, ...flags].map(quotedWord).join(' ');
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'snowglobe-audit-'));
  } catch (error) {
    throw new SnowglobeError(EXIT.environment, [
      problem(
        `No folder for temporary files can be made: ${messageOf(error)}.`,
        'Name one in TMPDIR that has room for 8 bytes an ID.',
        tmpdir(),
      ),
    ]);
  }
}

/** Told before anything is read: an audit may take its time. */
function checkWritable(path: string, where: string): void {
  const isThere = existsSync(path);
  write(path, where, () => closeSync(openSync(path, 'a')));
  if (!isThere) rmSync(path);
}

function write(path: string, where: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw badInput(
      `${path} cannot be written: ${messageOf(error)}.`,
      'Name a file in a folder that is there and that you can write to.',
      where,
    );
  }
}

function onSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const listener = (): void =>
    controller.abort(
      new SnowglobeError(EXIT.interrupted, [
        problem('Interrupted by a signal.', 'Nothing was judged; temporary files were removed.'),
      ]),
    );
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
