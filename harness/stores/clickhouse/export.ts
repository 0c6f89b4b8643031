/**
 * What a run's store holds, for others to judge: every emission and every batch, as Parquet, as JSON lines, or as tables of
 * a ClickHouse server. An ID is exact in each: a decimal string in JSON, UInt64 in Parquet and tables; one of 128 bits is
 * a decimal string in Parquet, which has no such number, and a UInt128 in tables.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Address } from './connection.ts';
import { Connection } from './connection.ts';
import type { IdBits } from './schema.ts';
import { columnsOf, LONG_IDS, withRun } from './schema.ts';
import { ensureDatabase } from './versions.ts';

export const FILE_FORMATS = { parquet: 'Parquet', jsonl: 'JSONEachRow' } as const;
export type FileFormat = keyof typeof FILE_FORMATS;

export interface ExportSource {
  readonly address: Address;
  readonly database: string;
  readonly runId: string;
  readonly idBits: IdBits;
  /** By their number in the store. */
  readonly nodes: readonly string[];
  /** An engine on this machine writes files itself, in bounded memory; a server sends them. */
  readonly isLocal: boolean;
}

export const EXPORTED = ['emissions', 'batches'] as const;
export type Exported = (typeof EXPORTED)[number];

/** A billion IDs are on their way for minutes. */
const PATIENCE = { triesForMs: 0, insertMs: 3_600_000, queryMs: 3_600_000 };

interface Field {
  readonly name: string;
  readonly type: string;
}

/** What names and describes an emission, in every schema: core/store.ts promises these. */
function fieldsOf(what: Exported, idBits: IdBits): readonly Field[] {
  if (what === 'batches') return columnsOf(idBits).batches.filter(({ name }) => name !== 'run');
  return [
    { name: 'node', type: 'UInt16' },
    { name: 'incarnation', type: 'UInt32' },
    { name: 'lane', type: 'UInt16' },
    { name: 'seq', type: 'UInt64' },
    { name: 'id', type: `UInt${idBits}` },
    { name: 'worker', type: 'Int32' },
  ];
}

const NEWLINE = 10;

const SOURCE_TABLE = { emissions: 'ids', batches: 'batches' } as const;

export class RunExport implements AsyncDisposable {
  readonly #source: ExportSource;
  readonly #connection: Connection;

  constructor(source: ExportSource) {
    this.#source = source;
    this.#connection = connectTo(source.address);
  }

  count(what: Exported): Promise<bigint> {
    return this.#counted(this.#withRun(`SELECT count() AS n FROM ${SOURCE_TABLE[what]}`));
  }

  /** Writes a new file; returns how many rows are in it. */
  async toFile(what: Exported, format: FileFormat, file: string): Promise<bigint> {
    const select = this.#select(what, format === 'parquet');
    if (this.#source.isLocal) {
      await this.#connection.command(
        `INSERT INTO FUNCTION file('${quoted(file)}', '${FILE_FORMATS[format]}') ${select}`,
        this.#parameters,
      );
      return this.#counted(
        `SELECT count() AS n FROM file('${quoted(file)}', '${format === 'parquet' ? 'Parquet' : 'LineAsString'}')`,
      );
    }
    const bytes = await this.#connection.stream(`${select} FORMAT ${FILE_FORMATS[format]}`, this.#parameters);
    let lines = 0n;
    bytes.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
    });
    await pipeline(bytes, createWriteStream(file, { flags: 'wx' }));
    // A Parquet file that was cut has no footer, and no reader takes it for one.
    return format === 'jsonl' ? lines : this.count(what);
  }

  /** Into a table of another server, which must not hold this run yet; returns how many rows came there. */
  async toTable(what: Exported, target: ExportTarget): Promise<bigint> {
    const { idBits, runId } = this.#source;
    const table = target.tableOf(`${what}${idBits === 64 ? '' : LONG_IDS}`);
    const fields = fieldsOf(what, idBits).map(({ name, type }) => ({ name, type: name === 'node' ? 'String' : type }));
    const order = what === 'emissions' ? 'node, incarnation, lane, seq' : 'node, incarnation, lane, first_seq';
    await target.make(table, fields, order, runId);
    const bytes = await this.#connection.stream(
      `${this.#select(what, false, `'${runId}' AS run, `)} FORMAT RowBinary`,
      this.#parameters,
    );
    await target.connection.pipe(insertInto(table, fields, 'RowBinary'), bytes);
    return target.count(table, runId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  async #counted(query: string): Promise<bigint> {
    const [row] = await this.#connection.rows<{ n: string }>(query, this.#parameters);
    return BigInt(row?.n ?? 0);
  }

  #select(what: Exported, longAsText: boolean, before = ''): string {
    const from = SOURCE_TABLE[what];
    const list = fieldsOf(what, this.#source.idBits).map(({ name, type }) => {
      if (name === 'node') return `JSONExtract({nodes:String}, 'Array(String)')[${from}.node + 1] AS node`;
      return longAsText && type === 'UInt128' ? `toString(${from}.${name}) AS ${name}` : name;
    });
    return this.#withRun(`SELECT ${before}${list.join(', ')} FROM ${from}`);
  }

  #withRun(query: string): string {
    const { database, idBits, isLocal } = this.#source;
    return withRun([database], isLocal ? 'own' : 'shared', idBits, query);
  }

  get #parameters(): Readonly<Record<string, string>> {
    const { runId, nodes } = this.#source;
    return { run: runId, nodes: JSON.stringify(nodes) };
  }
}

/** A database of a server that runs are exported to. */
export class ExportTarget implements AsyncDisposable {
  readonly connection: Connection;
  readonly #database: string;
  readonly #force: boolean;

  /** `force`: what is there of the run is replaced. */
  constructor(address: Address, database: string, force: boolean) {
    this.connection = connectTo(address);
    this.#database = database;
    this.#force = force;
  }

  /** Apart from the tables of a store, which may be in the same database. */
  tableOf(what: string): string {
    return `${this.#database}.exported_${what}`;
  }

  async make(table: string, fields: readonly Field[], order: string, runId: string): Promise<void> {
    const columns = fields.map(({ name, type }) => `${name} ${type}`).join(', ');
    await ensureDatabase(this.connection, this.#database);
    await this.connection.command(
      `CREATE TABLE IF NOT EXISTS ${table} (run String, ${columns}) ENGINE = MergeTree PARTITION BY run ORDER BY (${order})`,
    );
    if (this.#force) await this.connection.command(`ALTER TABLE ${table} DROP PARTITION '${runId}'`);
    else if ((await this.count(table, runId)) > 0n) throw new AlreadyThere(table, runId);
  }

  /** The lines of a journal; returns how many came there. */
  async journal(runId: string, lines: readonly string[]): Promise<number> {
    const table = this.tableOf('journal');
    const fields = [
      { name: 'n', type: 'UInt64' },
      { name: 'at', type: 'Int64' },
      { name: 'kind', type: 'String' },
      { name: 'entry', type: 'String' },
    ];
    await this.make(table, fields, 'n', runId);
    const rows = lines.map((entry) => {
      const { n, at, kind } = JSON.parse(entry) as { readonly n: number; readonly at: number; readonly kind: string };
      return `${JSON.stringify({ run: runId, n, at, kind, entry })}\n`;
    });
    await this.connection.pipe(insertInto(table, fields, 'JSONEachRow'), Readable.from(rows, { objectMode: false }));
    return Number(await this.count(table, runId));
  }

  async count(table: string, runId: string): Promise<bigint> {
    const [row] = await this.connection.rows<{ n: string }>(
      `SELECT count() AS n FROM ${table} WHERE run = {run:String}`,
      { run: runId },
    );
    return BigInt(row?.n ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }
}

/** The table holds rows of the run, which would be there twice. */
export class AlreadyThere extends Error {
  override readonly name = 'AlreadyThere';
  readonly table: string;
  constructor(table: string, runId: string) {
    super(`${table} holds the run ${runId} already`);
    this.table = table;
  }
}

function connectTo(address: Address): Connection {
  return new Connection({
    address,
    version: `ClickHouse at ${address.url}`,
    patience: PATIENCE,
    compressed: new URL(address.url).hostname !== '127.0.0.1',
  });
}

function insertInto(table: string, fields: readonly Field[], format: 'RowBinary' | 'JSONEachRow'): string {
  const all = [{ name: 'run', type: 'String' }, ...fields];
  const names = all.map(({ name }) => name).join(', ');
  const structure = all.map(({ name, type }) => `${name} ${type}`).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT ${names} FROM input('${structure}') FORMAT ${format}`;
}

/** Inside of single quotes. */
const quoted = (text: string): string => text.replaceAll(/[\\']/g, '\\$&');

/** Lines of JSON as Parquet, with the fields that every entry of a journal has; by an engine that is on this machine. */
export async function journalToParquet(address: Address, journal: string, file: string): Promise<void> {
  const connection = connectTo(address);
  try {
    await connection.command(
      `INSERT INTO FUNCTION file('${quoted(file)}', 'Parquet')
       SELECT toUInt64(JSONExtractUInt(line, 'n')) AS n, toInt64(JSONExtractInt(line, 'at')) AS at,
         JSONExtractString(line, 'kind') AS kind, line AS entry
       FROM file('${quoted(journal)}', 'LineAsString', 'line String')`,
    );
  } finally {
    await connection.close();
  }
}
