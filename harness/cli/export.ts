/** `snowglobe export RUN`: all that a run left, in forms that other programs read, so that another checker may disagree. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import { badInput, environmentLacks, EXIT, refuse } from '../core/errors.ts';
import { idBitsOf } from '../core/layout.ts';
import { counted, grouped } from '../core/phrases.ts';
import { EngineLost } from '../core/store.ts';
import { readJournal } from '../engine/journal.ts';
import { JOURNAL_FILE, STORE_FOLDER } from '../engine/record.ts';
import type { Address } from '../stores/clickhouse/connection.ts';
import type { Exported, ExportSource, FileFormat } from '../stores/clickhouse/export.ts';
import { parseStoreUrl } from '../stores/clickhouse/store-url.ts';
import type { Output } from './output.ts';
import { makeRunsFolder } from './runs-folder.ts';
import { savedRun } from './saved-runs.ts';

export interface ExportArguments {
  readonly run: string;
  /** `parquet`, `jsonl` or `clickhouse://host[:port]/database`. */
  readonly to: string | undefined;
  /** The folder of the files. */
  readonly out: string | undefined;
  /** The server that the run was collected into, where it was. */
  readonly store: string | undefined;
  readonly force: boolean;
}

type Target =
  { readonly format: FileFormat; readonly folder: string } | { readonly address: Address; readonly database: string };

interface Done {
  readonly where: string;
  readonly emissions: bigint;
  readonly batches: bigint;
  readonly journal: number;
}

export async function exportRun(args: ExportArguments, output: Output): Promise<ExitCode> {
  const { folder, run } = savedRun(args.run, 'RUN');
  const journalFile = join(folder, JOURNAL_FILE);
  if (run.state !== 'judged')
    throw badInput(
      'The run was not judged: nobody knows yet what it left.',
      `Judge it: snowglobe judge ${args.run}.`,
      folder,
    );
  const origin = existsSync(journalFile)
    ? readJournal(journalFile).entries.find((entry) => entry.kind === 'origin')
    : undefined;
  if (origin?.kind !== 'origin' || (args.store === undefined && !existsSync(join(folder, STORE_FOLDER))))
    throw badInput(
      'The run left no store: it was simulated, or collected into a server.',
      'Repeat a simulated run on another driver; name the server of any other with --store URL.',
      folder,
    );
  const target = targetOf(args, folder);
  const source = { runId: run.measured.runId, idBits: idBitsOf(run.generator.layout), nodes: origin.nodes };
  let done: Done;
  try {
    done = await withSource(args.store, folder, source, (from) => carryOut(from, target, journalFile, args));
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    throw environmentLacks(`The export was cut short: ${error.message}.`, 'Call it again, with --force.', folder);
  }
  if (String(done.emissions) !== run.evidence.stored)
    throw environmentLacks(
      `Of ${grouped(BigInt(run.evidence.stored))} IDs that the run stored ${grouped(done.emissions)} were exported.`,
      `Judge it again (snowglobe judge ${args.run}), then export it with --force.`,
      folder,
    );
  const told = { ...done, emissions: String(done.emissions), batches: String(done.batches) };
  output.document(
    told,
    `Exported ${counted(Number(done.emissions), 'emission')}, ${counted(Number(done.batches), 'batch', 'batches')} and ${counted(done.journal, 'line')} of the journal to ${done.where}.`,
  );
  return EXIT.pass;
}

function targetOf({ to, out, force }: ExportArguments, run: string): Target {
  if (to === 'parquet' || to === 'jsonl') {
    const folder = makeRunsFolder(out ?? join(run, `export-${to}`), 'The files', '--out');
    if (readdirSync(folder).length > 0 && !force)
      throw badInput('The folder is not empty.', 'Name another with --out, or write over it with --force.', folder);
    return { format: to, folder };
  }
  const remedy = 'Give --to parquet, --to jsonl, or --to clickhouse://host[:port]/database.';
  if (to === undefined) throw badInput('snowglobe export needs to know where to.', remedy);
  const server = /^clickhouse(s?):\/\/(.+)$/s.exec(to);
  if (server === null)
    throw badInput(`"${to.replace(/.*@/s, '…@')}" is nothing that runs are exported to.`, remedy, '--to');
  if (out !== undefined) throw badInput('A server takes no --out.', 'Leave it out.', '--out');
  const [, secure, rest] = server;
  const [host = '', ...path] = (rest as string).split('/');
  const port = /:\d+$/.test(host) ? '' : secure === 's' ? ':8443' : ':8123';
  return parseStoreUrl(`http${secure}://${host}${port}/${path.join('/')}`, process.env, '--to');
}

/** Gives the run's own engine, or a server. */
async function withSource<T>(
  store: string | undefined,
  folder: string,
  run: Pick<ExportSource, 'runId' | 'idBits' | 'nodes'>,
  work: (source: ExportSource) => Promise<T>,
): Promise<T> {
  if (store !== undefined) {
    const { probeStore } = await import('../stores/clickhouse/server.ts');
    refuse(EXIT.environment, (await probeStore(store)).problems);
    return work({ ...run, ...parseStoreUrl(store), isLocal: false });
  }
  const { DATABASE } = await import('../stores/clickhouse/schema.ts');
  return withEngine(join(folder, STORE_FOLDER), (address) =>
    work({ ...run, address, database: DATABASE, isLocal: true }),
  );
}

async function withEngine<T>(folder: string, work: (address: Address) => Promise<T>): Promise<T> {
  const { startEngine } = await import('../stores/clickhouse/embedded.ts');
  const engine = await startEngine(folder);
  try {
    return await work(engine.address);
  } finally {
    await engine.stop();
  }
}

async function carryOut(
  source: ExportSource,
  target: Target,
  journalFile: string,
  args: ExportArguments,
): Promise<Done> {
  const { RunExport } = await import('../stores/clickhouse/export.ts');
  await using exporting = new RunExport(source);
  const journal = journalLines(journalFile);
  if ('database' in target) return toServer(exporting, source, target, journal, args.force);
  const { folder, format } = target;
  const files = { emissions: `emissions.${format}`, batches: `batches.${format}`, journal: `journal.${format}` };
  for (const file of Object.values(files)) rmSync(join(folder, file), { force: true });
  const counts = { emissions: 0n, batches: 0n };
  for (const what of ['emissions', 'batches'] as const) {
    counts[what] = await exporting.toFile(what, format, join(resolve(folder), files[what]));
  }
  if (format === 'jsonl') copyFileSync(journalFile, join(folder, files.journal));
  else await journalAsParquet(source, journalFile, join(folder, files.journal));
  const about = { runId: source.runId, idBits: source.idBits, nodes: source.nodes, files };
  const rows = { emissions: String(counts.emissions), batches: String(counts.batches), journal: journal.length };
  writeFileSync(join(folder, 'export.json'), `${JSON.stringify({ ...about, rows }, undefined, 2)}\n`);
  return { where: relative(process.cwd(), folder) || '.', ...counts, journal: journal.length };
}

/** A server cannot read our files: an engine of our own can. */
async function journalAsParquet({ isLocal, address }: ExportSource, journal: string, file: string): Promise<void> {
  const { journalToParquet } = await import('../stores/clickhouse/export.ts');
  if (isLocal) return journalToParquet(address, resolve(journal), resolve(file));
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-export-'));
  try {
    await withEngine(folder, (own) => journalToParquet(own, resolve(journal), resolve(file)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function toServer(
  exporting: import('../stores/clickhouse/export.ts').RunExport,
  { runId }: ExportSource,
  { address, database }: { readonly address: Address; readonly database: string },
  journal: readonly string[],
  force: boolean,
): Promise<Done> {
  const { AlreadyThere, ExportTarget } = await import('../stores/clickhouse/export.ts');
  await using target = new ExportTarget(address, database, force);
  const send = (what: Exported): Promise<bigint> => exporting.toTable(what, target);
  try {
    const emissions = await send('emissions');
    const batches = await send('batches');
    return { where: `${address.url}/${database}`, emissions, batches, journal: await target.journal(runId, journal) };
  } catch (error) {
    if (!(error instanceof AlreadyThere)) throw error;
    throw badInput(`${error.message}.`, 'Replace it with --force, or name another database.', '--to');
  }
}

const journalLines = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
