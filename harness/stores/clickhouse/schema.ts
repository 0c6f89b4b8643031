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

/**
 * Of what ranges are sent to and of the views behind it: changed together with their columns. Those of another version keep
 * their names, so that a snowglobe that still writes to them goes on doing so.
 */
const INGEST_VERSION = 2;

/** What a table is called in the database. */
export function tableName(
  table: Table | FactTable | 'ingest' | 'ingest_ids' | 'ingest_batches',
  idBits: IdBits,
): string {
  const name = table.replace(/^ingest/, `ingest_${INGEST_VERSION}`);
  return idBits === 64 || !OF_ID_LENGTH.has(table) ? name : `${name}${LONG_IDS}`;
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

const RUN = columns(['run', 'LowCardinality(String)', 'ZSTD(1)']);

/**
 * Of codecs the quickest that brings a column to what is new in it: what is the same in a whole range takes nothing, what
 * goes on steadily next to nothing.
 */
const SAME = 'ZSTD(1)';
const STEADY = 'Delta, ZSTD(1)';
const SMALL = 'T64, ZSTD(1)';

const LANE = columns(['node', 'UInt16', SAME], ['incarnation', 'UInt32', SAME], ['lane', 'UInt16', SAME]);

/** What a batch record says. */
const RECORD = columns(
  ['first_seq', 'UInt64', STEADY],
  ['count', 'UInt32', SMALL],
  ['flags', 'UInt32', SAME],
  ['called', 'Int64', STEADY],
  ['returned', 'Int64', STEADY],
  ['wall_called_ms', 'Float64', STEADY],
  ['wall_returned_ms', 'Float64', STEADY],
  ['worker', 'Int32', SAME],
  ['lease', 'UInt64', SAME],
  ['create_revision', 'UInt64', SAME],
);

/** What `summarise` says of the IDs of a batch. */
const summaryOf = (idBits: IdBits) => {
  // There is no Delta and no T64 for 128 bits.
  const [steady, small] = idBits === 64 ? [STEADY, SMALL] : [SAME, SAME];
  return columns(
    ['first_id', `UInt${idBits}`, steady],
    ['last_id', `UInt${idBits}`, steady],
    ['min_id', `UInt${idBits}`, steady],
    ['max_id', `UInt${idBits}`, steady],
    ['backward', 'UInt32', SAME],
    ['varying', `UInt${idBits}`, small],
    ['stretches', `Array(UInt${idBits})`, SAME],
  );
};

/** What is sent of a batch, in this order. The rest of its row in `ingest` is said by the statement. */
export const sentColumns = (idBits: IdBits) =>
  [...RECORD, ...summaryOf(idBits), ...columns(['ids', `Array(UInt${idBits})`])] as const;

/** What clients received. */
const RECEIVED = columns(['first_id', 'UInt64'], ['last_id', 'UInt64'], ['digest', 'UInt64']);

/**
 * The columns of each table that is kept. Delta codecs bring a nearly ordered ID below one bit on disk; there are none
 * for 128 bits.
 */
export const columnsOf = (idBits: IdBits) =>
  ({
    ids: [
      ...RUN,
      ...LANE,
      ...columns(
        ['seq', 'UInt64', 'DoubleDelta, LZ4'],
        ['id', `UInt${idBits}`, idBits === 64 ? 'Delta, LZ4' : 'LZ4'],
        ['worker', 'Int32', SAME],
      ),
    ],
    batches: [...RUN, ...LANE, ...RECORD, ...summaryOf(idBits)],
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
 * Whose engine it is. `own`: embedded, one run a database, IDs never merged, so any number of parts is welcome. `shared`: a server
 * that others use; nothing of its housekeeping is touched.
 */
export type Engine = 'own' | 'shared';

/**
 * Where nobody else writes, the IDs of the one run need not be told from others: to sort each row into the partition of its
 * run takes the engine a third of all that it does with an ID, to write its name beside each a sixth of the rest, and to
 * ask each row for its run a part of every check. A table of the first version has the name, and is left as it is.
 */
const holdsOneRun = (table: Table, engine: Engine): boolean => engine === 'own' && table === 'ids';

/**
 * How many of the latest tokens each table remembers. A range is sent again only by a harness that takes up a run after
 * a crash, and then only the ranges of that run.
 */
export const TOKENS_KEPT = 100_000;

/** Stops inserts early, with a clear message, while the disk still has room to keep what is stored readable. */
const MIN_FREE_DISK_BYTES = 100_000_000;

/**
 * Where IDs are never merged each range is a part: all columns of it in one file, and in large pieces, so that what
 * is the same in a whole range takes next to nothing there. A file for each column would be 27 files to make, and to open.
 */
const PARTS_OF_FEW_FILES = { min_bytes_for_wide_part: 2 ** 40, index_granularity: 32_768 };

function tableSettings(table: string, engine: Engine): string {
  const settings: Record<string, number> = {
    // Facts carry no token; by content they must not be deduplicated.
    non_replicated_deduplication_window: TABLES.some((kept) => kept === table) ? TOKENS_KEPT : 0,
    ...(table.startsWith('ids') && engine === 'own' && PARTS_OF_FEW_FILES),
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

const withoutRun = (list: readonly Column[]): readonly Column[] => list.filter(({ name }) => name !== 'run');

const named = (list: readonly Column[]): string => list.map(({ name }) => name).join(', ');

/** Statements that make a database ready; harmless when repeated. Who changes them: see versions.ts. */
export function createStatements(database: string, engine: Engine, idBits: IdBits): readonly string[] {
  const all = columnsOf(idBits);
  const name = (table: Parameters<typeof tableName>[0]): string => `${database}.${tableName(table, idBits)}`;
  const tables = TABLES.map(
    (table) => `
      CREATE TABLE IF NOT EXISTS ${name(table)} (${define(holdsOneRun(table, engine) ? withoutRun(all[table]) : all[table])})
      ENGINE = MergeTree ${holdsOneRun(table, engine) ? '' : 'PARTITION BY run'} ORDER BY ${ORDER_BY[table]} SETTINGS ${tableSettings(table, engine)}`,
  );
  const facts = FACT_TABLES.map(
    (table) => `
      CREATE TABLE IF NOT EXISTS ${name(table)} (${define(factColumns(table))})
      ENGINE = MergeTree PARTITION BY run ORDER BY ${ORDER_BY[table]} SETTINGS ${tableSettings(table, engine)}`,
  );
  return [
    ...tables,
    ...facts,
    `CREATE TABLE IF NOT EXISTS ${name('ingest')} (${define([...RUN, ...LANE, ...sentColumns(idBits)])}) ENGINE = Null`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name('ingest_ids')} TO ${name('ids')} AS
      SELECT ${named(holdsOneRun('ids', engine) ? LANE : [...RUN, ...LANE])}, first_seq + position - 1 AS seq, id, worker
      FROM ${name('ingest')} ARRAY JOIN ids AS id, arrayEnumerate(ids) AS position`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name('ingest_batches')} TO ${name('batches')} AS
      SELECT ${named(all.batches)} FROM ${name('ingest')}`,
    // What is said of batches is little, and read by every check: a part of a range each would be a file to open each.
    ...(engine === 'own' ? [`SYSTEM STOP MERGES ${name('ids')}`] : []),
  ];
}

/** Whose a range is, and what it is called: no part of it holds a quote. */
export interface RangeName {
  readonly run: string;
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  /** See `BatchRange.token`. */
  readonly token: string;
}

/**
 * Takes the block of a range: from a file of this machine, or from the body of the request. One thread, so that a range
 * sent again falls into the same blocks.
 */
export function ingestStatement(
  database: string,
  idBits: IdBits,
  { run, node, incarnation, lane, token }: RangeName,
  file?: string,
): string {
  const sent = sentColumns(idBits);
  const structure = sent.map(({ name, type }) => `${name} ${type}`).join(', ');
  return `INSERT INTO ${database}.${tableName('ingest', idBits)} (${named([...RUN, ...LANE, ...sent])})
    SELECT '${run}', ${node}, ${incarnation}, ${lane}, ${named(sent)}
    FROM ${file === undefined ? `input('${structure}')` : `file('${file.replaceAll(/[\\']/g, '\\$&')}', 'Native', '${structure}')`}
    SETTINGS insert_deduplicate = 1, insert_deduplication_token = '${token}',
      deduplicate_blocks_in_dependent_materialized_views = 1, max_threads = 1, max_insert_threads = 1
    ${file === undefined ? 'FORMAT Native' : ''}`;
}

/**
 * IDs by lane, of an engine that merges none: each part is of one range, and its first row says whose. No row is read
 * but these. `merged`: parts that are not.
 */
export function lanesOfPartsQuery(database: string, idBits: IdBits): string {
  const table = tableName('ids', idBits);
  return `SELECT node, incarnation, lane, sum(part.rows) AS ids, countIf(part.level > 0) AS merged
    FROM (SELECT _part AS name, node, incarnation, lane FROM ${database}.${table} WHERE _part_offset = 0) AS first
    JOIN (
      SELECT name, rows, level FROM system.parts WHERE active AND database = '${database}' AND table = '${table}'
    ) AS part USING (name)
    GROUP BY node, incarnation, lane`;
}

/** Another run than this one that the tables hold: none where they hold one. */
export function otherRunQuery(database: string, idBits: IdBits): string {
  return `SELECT run AS other FROM ${database}.${tableName('batches', idBits)} WHERE run != {run:String} LIMIT 1`;
}

/** As with `ingestStatement`, the token holds no quote. */
export function requestsStatement(database: string, token: string): string {
  const list = columnsOf(64).requests.slice(RUN.length);
  return `INSERT INTO ${database}.requests
    SELECT {run:String} AS run, ${named(list)} FROM input('${define(list)}')
    SETTINGS insert_deduplicate = 1, insert_deduplication_token = '${token}', max_threads = 1, max_insert_threads = 1
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

/** What the parts of a run take, by the names of core/store.ts: tables are parted by run, or hold one, so no part holds two. */
export function partsQuery(database: string, engine: Engine, idBits: IdBits): string {
  const whole = TABLES.filter((table) => holdsOneRun(table, engine)).map((table) => `'${tableName(table, idBits)}'`);
  const names = TABLES.map((table) => `'${tableName(table, idBits)}'`).join(', ');
  // Names apart from those of the columns: an alias would stand for its column in the conditions too.
  return `SELECT replace(name, '_128', '') AS table, toString(sum(part_rows)) AS rows,
      toString(sum(compressed)) AS onDisk, toString(sum(raw)) AS uncompressed
    FROM (
      SELECT table AS name, rows AS part_rows, bytes_on_disk AS compressed, data_uncompressed_bytes AS raw
      FROM system.parts
      WHERE database = '${database}' AND table IN (${names}) AND active
        AND (partition = {run:String}${whole.length === 0 ? '' : ` OR table IN (${whole.join(', ')})`})
    )
    GROUP BY name ORDER BY table`;
}

/** Where a run's canary is kept. */
export const canaryDatabase = (database: string, run: string): string => `${database}_canary_${run}`;

/** Puts the run's tables in front of a query, as core/store.ts promises; of several databases all rows. */
export function withRun(databases: readonly string[], engine: Engine, idBits: IdBits, query: string): string {
  const tables = TABLES.map((table) => {
    const condition = holdsOneRun(table, engine) ? '' : ' WHERE run = {run:String}';
    const rows = databases.map(
      (database) => `SELECT * EXCEPT run FROM ${database}.${tableName(table, idBits)}${condition}`,
    );
    return `${table} AS (${rows.join(' UNION ALL ')})`;
  });
  const own = /^\s*WITH\s/i.exec(query);
  return own === null
    ? `WITH ${tables.join(', ')} ${query}`
    : `WITH ${tables.join(', ')}, ${query.slice(own[0].length)}`;
}
