/**
 * The tables of a store. Several runs share them by the column `run`; checkers see one run by the names of core/store.ts.
 *
 * IDs arrive in `ingest`, one row a batch with its IDs as an array; the table keeps nothing, and two materialized views
 * fill `ids` and `batches` from it. No engine here collapses rows: a duplicated ID must stay two rows.
 */
import { FACT_TABLES, TABLES } from '../../core/store.ts';
import { FACT_COLUMNS } from './fact-columns.ts';

/** How long the IDs of a run are: runs of one length share tables. 128 bits are a UInt128, since a UUID sorts by halves. */
export type IdBits = 64 | 128;

type Table = (typeof TABLES)[number];
type FactTable = (typeof FACT_TABLES)[number];

/** What a table is called in the database. */
export function tableName(
  table: Table | FactTable | 'ingest' | 'ingest_ids' | 'ingest_batches',
  idBits: IdBits,
): string {
  return idBits === 64 || !OF_ID_LENGTH.has(table) ? table : `${table}${LONG_IDS}`;
}

/** What the tables of 128-bit IDs are called beyond those of 64-bit ones. */
export const LONG_IDS = '_128';

/** Those that hold IDs as numbers. */
const OF_ID_LENGTH: ReadonlySet<string> = new Set(['ids', 'batches', 'ingest', 'ingest_ids', 'ingest_batches']);

export const DATABASE = 'snowglobe';

interface Column<Name extends string = string> {
  readonly name: Name;
  readonly type: string;
  readonly codec?: string;
}

/** Keeps the names as types: who reads a column by a name that is none does not compile. */
const columns = <const Name extends string>(
  ...list: readonly (readonly [name: Name, type: string, codec?: string])[]
): readonly Column<Name>[] =>
  list.map(([name, type, codec]) => (codec === undefined ? { name, type } : { name, type, codec }));

const RUN = columns(['run', 'LowCardinality(String)']);

const LANE = columns(['node', 'UInt16'], ['incarnation', 'UInt32'], ['lane', 'UInt16']);

/** What a batch record says, in the order in which row-binary.ts writes it. */
const RECORD = columns(
  ['first_seq', 'UInt64'],
  ['count', 'UInt32'],
  ['flags', 'UInt32'],
  ['called', 'Int64'],
  ['returned', 'Int64'],
  ['wall_called_ms', 'Float64'],
  ['wall_returned_ms', 'Float64'],
  ['worker', 'Int32'],
  ['lease', 'UInt64'],
  ['create_revision', 'UInt64'],
);

const idsOf = (idBits: IdBits): readonly Column[] => columns(['ids', `Array(UInt${idBits})`]);

/** What clients received: columns that tables of earlier versions do not have, and are given. */
const RECEIVED = columns(['first_id', 'UInt64'], ['last_id', 'UInt64'], ['digest', 'UInt64']);

/**
 * The columns of each table that is kept. Delta codecs bring a nearly ordered ID below one bit on disk; there are none
 * for 128 bits.
 */
export const columnsOf = (idBits: IdBits) =>
  ({
    ids: [
      ...RUN,
      ...columns(
        ['node', 'UInt16', 'LZ4'],
        ['incarnation', 'UInt32', 'LZ4'],
        ['lane', 'UInt16', 'LZ4'],
        ['seq', 'UInt64', 'DoubleDelta, LZ4'],
        ['id', `UInt${idBits}`, idBits === 64 ? 'Delta, LZ4' : 'LZ4'],
        ['worker', 'Int32', 'LZ4'],
      ),
    ],
    batches: [
      ...RUN,
      ...LANE,
      ...RECORD,
      ...columns(
        ['first_id', `UInt${idBits}`],
        ['last_id', `UInt${idBits}`],
        ['min_id', `UInt${idBits}`],
        ['max_id', `UInt${idBits}`],
        ['backward', 'UInt32'],
      ),
    ],
    requests: [
      ...RUN,
      ...columns(
        ['node', 'UInt16'],
        ['sent', 'Int64'],
        ['received', 'Int64'],
        ['status', 'UInt8'],
        ['incarnation', 'UInt32'],
        ['lane', 'UInt16'],
        ['first_seq', 'UInt64'],
        ['count', 'UInt32'],
      ),
      ...RECEIVED,
    ],
  }) satisfies Readonly<Record<Table, readonly Column[]>>;

type Names<Columns extends readonly Column[]> = { readonly [Name in Columns[number]['name']]: Name };

const namesOf = <Columns extends readonly Column[]>(columns: Columns): Names<Columns> =>
  Object.fromEntries(columns.map(({ name }) => [name, name])) as Names<Columns>;

/** The columns of each table by their names, for queries that are written elsewhere. */
export const COLUMN = {
  ids: namesOf(columnsOf(64).ids),
  batches: namesOf(columnsOf(64).batches),
  requests: namesOf(columnsOf(64).requests),
  runs: namesOf([...RUN, ...FACT_COLUMNS.runs]),
  disturbances: namesOf([...RUN, ...FACT_COLUMNS.disturbances]),
  offsets: namesOf([...RUN, ...FACT_COLUMNS.offsets]),
  witnesses: namesOf([...RUN, ...FACT_COLUMNS.witnesses]),
};

/** What a table of facts looks like to the database. */
export const factColumns = (table: FactTable): readonly Column[] => [
  ...RUN,
  ...FACT_COLUMNS[table].map(({ name, type }) => ({ name, type })),
];

const ORDER_BY = {
  ids: 'id',
  batches: '(node, incarnation, lane, first_seq)',
  requests: '(node, sent)',
  runs: 'run',
  disturbances: 'key',
  offsets: '(node, at)',
  witnesses: '(guarantee, at)',
} as const;

/**
 * Whose engine it is. `own`: embedded, one run, merges stopped, so any number of parts is welcome. `shared`: a server
 * that others use; nothing of its housekeeping is touched.
 */
export type Engine = 'own' | 'shared';

/**
 * How many of the latest tokens each table remembers. A range is sent again only by a harness that takes up a run after
 * a crash, and then only the ranges of that run.
 */
const TOKENS_KEPT = 100_000;

/** Stops inserts early, with a clear message, while the disk still has room to keep what is stored readable. */
const MIN_FREE_DISK_BYTES = 100_000_000;

function tableSettings(table: string, engine: Engine): string {
  const settings: Record<string, number> = {
    // Requests and facts carry no token; by content they must not be deduplicated.
    non_replicated_deduplication_window: table === 'ids' || table === 'batches' ? TOKENS_KEPT : 0,
    ...(engine === 'own' && {
      parts_to_delay_insert: 1_000_000,
      parts_to_throw_insert: 1_000_000,
      min_free_disk_bytes_to_perform_insert: MIN_FREE_DISK_BYTES,
    }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

const define = (list: readonly Column[]): string =>
  list.map(({ name, type, codec }) => `${name} ${type}${codec === undefined ? '' : ` CODEC(${codec})`}`).join(', ');

const named = (list: readonly Column[]): string => list.map(({ name }) => name).join(', ');

/** Statements that make a database ready; harmless when repeated. */
export function createStatements(database: string, engine: Engine, idBits: IdBits): readonly string[] {
  const all = columnsOf(idBits);
  const name = (table: Parameters<typeof tableName>[0]): string => `${database}.${tableName(table, idBits)}`;
  const tables = TABLES.map(
    (table) => `
      CREATE TABLE IF NOT EXISTS ${name(table)} (${define(all[table])})
      ENGINE = MergeTree PARTITION BY run ORDER BY ${ORDER_BY[table]} SETTINGS ${tableSettings(table, engine)}`,
  );
  const facts = FACT_TABLES.map(
    (table) => `
      CREATE TABLE IF NOT EXISTS ${name(table)} (${define(factColumns(table))})
      ENGINE = MergeTree PARTITION BY run ORDER BY ${ORDER_BY[table]} SETTINGS ${tableSettings(table, engine)}`,
  );
  return [
    `CREATE DATABASE IF NOT EXISTS ${database}`,
    ...tables,
    `ALTER TABLE ${name('requests')} ${RECEIVED.map((column) => `ADD COLUMN IF NOT EXISTS ${define([column])}`).join(', ')}`,
    ...facts,
    `CREATE TABLE IF NOT EXISTS ${name('ingest')} (${define([...RUN, ...LANE, ...RECORD, ...idsOf(idBits)])}) ENGINE = Null`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name('ingest_ids')} TO ${name('ids')} AS
      SELECT ${named([...RUN, ...LANE])}, first_seq + position - 1 AS seq, id, worker
      FROM ${name('ingest')} ARRAY JOIN ids AS id, arrayEnumerate(ids) AS position`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name('ingest_batches')} TO ${name('batches')} AS
      SELECT ${named([...RUN, ...LANE, ...RECORD])},
        ids[1] AS first_id, ids[-1] AS last_id, arrayMin(ids) AS min_id, arrayMax(ids) AS max_id,
        arrayCount((later, earlier) -> later <= earlier, arrayPopFront(ids), arrayPopBack(ids)) AS backward
      FROM ${name('ingest')}`,
    ...(engine === 'own' ? ['SYSTEM STOP MERGES'] : []),
  ];
}

/** `token` holds no quote: see `BatchRange.token`. One thread, so that a range sent again falls into the same blocks. */
export function ingestStatement(database: string, idBits: IdBits, token: string): string {
  const sent = [...RECORD, ...idsOf(idBits)];
  return `INSERT INTO ${database}.${tableName('ingest', idBits)}
    SELECT {run:String} AS run, {node:UInt16} AS node, {incarnation:UInt32} AS incarnation, {lane:UInt16} AS lane,
      ${named(sent)}
    FROM input('${define(sent)}')
    SETTINGS insert_deduplicate = 1, insert_deduplication_token = '${token}',
      deduplicate_blocks_in_dependent_materialized_views = 1, max_threads = 1, max_insert_threads = 1
    FORMAT RowBinary`;
}

export function requestsStatement(database: string): string {
  const list = columnsOf(64).requests.slice(RUN.length);
  return `INSERT INTO ${database}.requests
    SELECT {run:String} AS run, ${named(list)} FROM input('${define(list)}')
    FORMAT RowBinary`;
}

/** Takes away what a table holds of a run. A partition has a literal for a name: `run` holds letters and digits only. */
export function forgetStatement(database: string, table: FactTable, run: string): string {
  if (!/^\w+$/.test(run)) throw new RangeError(`a run's ID holds letters and digits only: ${run}`);
  return `ALTER TABLE ${database}.${table} DROP PARTITION '${run}'`;
}

export function factsStatement(database: string, table: FactTable): string {
  const list = FACT_COLUMNS[table];
  return `INSERT INTO ${database}.${table}
    SELECT {run:String} AS run, ${named(list)} FROM input('${define(list)}')
    FORMAT RowBinary`;
}

/** What the parts of a run take, by the names of core/store.ts: tables are parted by run, so no part holds two. */
export function partsQuery(database: string, idBits: IdBits): string {
  const names = TABLES.map((table) => `'${tableName(table, idBits)}'`).join(', ');
  // Names apart from those of the columns: an alias would stand for its column in the conditions too.
  return `SELECT replace(name, '_128', '') AS table, toString(sum(part_rows)) AS rows,
      toString(sum(compressed)) AS onDisk, toString(sum(raw)) AS uncompressed
    FROM (
      SELECT table AS name, rows AS part_rows, bytes_on_disk AS compressed, data_uncompressed_bytes AS raw
      FROM system.parts
      WHERE database = '${database}' AND table IN (${names}) AND active AND partition = {run:String}
    )
    GROUP BY name ORDER BY table`;
}

/** Where a run's canary is kept. */
export const canaryDatabase = (database: string, run: string): string => `${database}_canary_${run}`;

/** Puts the run's tables in front of a query, as core/store.ts promises; of several databases all rows. */
export function withRun(databases: readonly string[], idBits: IdBits, query: string): string {
  const tables = TABLES.map((table) => {
    const rows = databases.map(
      (database) => `SELECT * EXCEPT run FROM ${database}.${tableName(table, idBits)} WHERE run = {run:String}`,
    );
    return `${table} AS (${rows.join(' UNION ALL ')})`;
  });
  const own = /^\s*WITH\s/i.exec(query);
  return own === null
    ? `WITH ${tables.join(', ')} ${query}`
    : `WITH ${tables.join(', ')}, ${query.slice(own[0].length)}`;
}
