/**
 * Columns of IDs as ClickHouse reads them, out of Parquet files and of tables. Its typed readers wrap 2^64 to 0 and null to
 * 0 without a word: whole numbers of 64 bits without a null are taken as they lie, all else as text, for a reader that is
 * strict.
 */
import { messageOf } from '../../core/errors.ts';
import { firstOf } from '../../core/phrases.ts';
import type { Address } from './connection.ts';

const COLUMNS_SHOWN = 12;

export interface IdColumns {
  /** Of the ID. */
  readonly column: string;
  /** Of the name of its node. */
  readonly nodeColumn?: string;
  /** A negative number of 64 bits is an ID: its two's complement. */
  readonly signed: boolean;
}

/** What a file of IDs was made into: raw words, or rows of text without a header, the ID first. */
export type WrittenAs = 'raw' | 'rows';

/** Something about a table or a file that ClickHouse told, and that its user can mend. */
export class ColumnError extends Error {
  override readonly name = 'ColumnError';
  readonly kind: 'missing column' | 'not an ID' | 'unreadable';
  constructor(kind: ColumnError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** In order of the rows of the file, whatever the number of threads. */
const IN_ORDER = 'SETTINGS input_format_parquet_preserve_order = 1';

/** Writes the IDs of a Parquet file to `out`, by an engine that has the files of this machine. */
export async function writeParquetIds(
  address: Address,
  path: string,
  columns: IdColumns,
  out: string,
  signal?: AbortSignal,
): Promise<WrittenAs> {
  const table = `file(${text(path)}, 'Parquet')`;
  const types = await typesOf(address, table, signal);
  const { column, nodeColumn } = columns;
  const type = typeIn(types, column);
  const name = identifier(column);
  if (nodeColumn === undefined && (await isPlain(address, table, name, type, columns.signed, signal))) {
    const words = `reinterpretAsUInt64(assumeNotNull(${name}))`;
    await ask(
      address,
      `INSERT INTO FUNCTION file(${text(out)}, 'RowBinary') SELECT ${words} AS id FROM ${table} ${IN_ORDER}`,
      signal,
    );
    return 'raw';
  }
  const rows = rowsQuery(table, types, columns);
  await ask(address, `INSERT INTO FUNCTION file(${text(out)}, 'CSV') ${rows} ${IN_ORDER}`, signal);
  return 'rows';
}

/** The rows of a table as text, the ID first, as they come from the server; and how many there are at least. */
export async function streamTableIds(
  address: Address,
  table: { readonly database: string; readonly name: string },
  columns: IdColumns,
  signal?: AbortSignal,
): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly rows: bigint }> {
  const source = `${identifier(table.database)}.${identifier(table.name)}`;
  const types = await typesOf(address, source, signal);
  const query = rowsQuery(source, types, columns);
  const rows = BigInt((await ask(address, `SELECT count() FROM ${source}`, signal)).trim());
  const response = await send(address, `${query} FORMAT CSV`, signal);
  return { body: response.body!, rows };
}

/** `SELECT` of the ID and its node as text. */
function rowsQuery(table: string, types: ReadonlyMap<string, string>, { column, nodeColumn }: IdColumns): string {
  const type = typeIn(types, column);
  const columns = [asText(identifier(column), type)];
  if (nodeColumn !== undefined) {
    typeIn(types, nodeColumn);
    columns.push(`toString(${identifier(nodeColumn)})`);
  }
  return `SELECT ${columns.join(', ')} FROM ${table}`;
}

function asText(name: string, type: string): string {
  const bare = bareType(type);
  if (/^(Float|BFloat)/.test(bare))
    throw new ColumnError(
      'not an ID',
      `the column is ${type}: what was above 2^53 was rounded when it was written, and cannot be read back`,
    );
  if (/^FixedString\(/.test(bare)) return `lower(hex(${name}))`;
  if (/^(U?Int\d+|String|UUID|Decimal\b.*|LowCardinality.*)/.test(bare)) return `toString(${name})`;
  throw new ColumnError('not an ID', `the column is ${type}: IDs are whole numbers, texts, UUIDs or FixedString`);
}

/** Whether the column is words of 64 bits that can be taken as they are. */
async function isPlain(
  address: Address,
  table: string,
  name: string,
  type: string,
  signed: boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  const bare = bareType(type);
  if (bare !== 'UInt64' && bare !== 'Int64') return false;
  const checks = [
    ...(type.startsWith('Nullable') ? [`isNull(${name})`] : []),
    ...(bare === 'Int64' && !signed ? [`${name} < 0`] : []),
    // As a signed number it would be another one.
    ...(bare === 'UInt64' && signed ? [`${name} >= 9223372036854775808`] : []),
  ];
  if (checks.length === 0) return true;
  return (await ask(address, `SELECT countIf(${checks.join(' OR ')}) FROM ${table}`, signal)).trim() === '0';
}

function bareType(type: string): string {
  return /^(?:LowCardinality\()?Nullable\((.*?)\)+$/.exec(type)?.[1] ?? type;
}

async function typesOf(address: Address, table: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const described = await ask(address, `DESCRIBE TABLE ${table} FORMAT TabSeparated`, signal);
  return new Map(
    described
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t').map(unescapeTsv) as [string, string]),
  );
}

function typeIn(types: ReadonlyMap<string, string>, column: string): string {
  const type = types.get(column);
  if (type === undefined)
    throw new ColumnError(
      'missing column',
      `there is no column ${column}: it has ${firstOf([...types.keys()], COLUMNS_SHOWN)}`,
    );
  return type;
}

async function ask(address: Address, query: string, signal?: AbortSignal): Promise<string> {
  return (await send(address, query, signal)).text();
}

/** Throws what ClickHouse says, in one sentence, without the query. */
async function send(address: Address, query: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address.url, {
      method: 'POST',
      body: query,
      headers: {
        authorization: `Basic ${Buffer.from(`${address.username}:${address.password}`).toString('base64')}`,
      },
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const { cause } = error as { cause?: unknown };
    throw new ColumnError('unreadable', `${address.url} does not answer: ${messageOf(cause ?? error)}`);
  }
  if (response.ok) return response;
  const said = (await response.text()).replaceAll(/\s+/g, ' ').trim();
  throw new ColumnError(
    'unreadable',
    `ClickHouse says: ${said.replace(/^Code: (\d+)\. DB::Exception: /, '').slice(0, 300)}`,
  );
}

const text = (of: string): string => `'${of.replaceAll(/[\\']/g, '\\$&')}'`;
const identifier = (of: string): string => `\`${of.replaceAll(/[\\`]/g, '\\$&')}\``;

function unescapeTsv(value: string): string {
  const plain: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', 0: '\0' };
  return value.replaceAll(/\\(.)/gs, (_, escaped: string) => plain[escaped] ?? escaped);
}
