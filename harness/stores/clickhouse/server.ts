/**
 * A ClickHouse server of the user's, by URL. Tables are shared by run; nothing of its housekeeping is touched.
 */
import { ClickHouseError } from '@clickhouse/client';
import { EXIT, SnowglobeError, messageOf, problem, refuse } from '../../core/errors.ts';
import type { Problem } from '../../core/errors.ts';
import { FACT_TABLES, TABLES } from '../../core/store.ts';
import type { Store } from '../../core/store.ts';
import { openClickHouseStore } from './clickhouse-store.ts';
import { Connection, isWrongCertificate, SERVER_PATIENCE } from './connection.ts';
import type { Patience } from './connection.ts';
import { firstLine, missingFeatures } from './features.ts';
import type { IdBits } from './schema.ts';
import { columnsOf, factColumns, tableName } from './schema.ts';
import type { Environment, StoreUrl } from './store-url.ts';
import { parseStoreUrl, PASSWORD_VARIABLE, USER_VARIABLE } from './store-url.ts';
import { SCHEMA_VERSION, schemaIn, VERSION_COLUMNS, VERSION_TABLE } from './versions.ts';

export interface ServerOptions {
  /** `http[s]://host:port[/database]`. */
  readonly url: string;
  readonly runId: string;
  /** How long the run's IDs are; 64 when left out. */
  readonly idBits?: IdBits;
  /** Holds user and password; `process.env` when left out. */
  readonly environment?: Environment;
  readonly patience?: Patience;
}

/** Before anything starts nobody waits for a server that does not answer. */
const PROBE_PATIENCE: Patience = { triesForMs: 0, insertMs: 5000, queryMs: 5000 };

/** One that answers is busy, if it is late. */
const TRIAL_PATIENCE: Patience = { triesForMs: 0, insertMs: 30_000, queryMs: 30_000 };

/** A store on a server that `probeStore` found fit; throws its problems otherwise. */
export async function openServer(options: ServerOptions): Promise<Store> {
  const { version, problems } = await probeStore(options.url, options.environment);
  refuse(EXIT.environment, problems);
  const { address, database, triesForMs } = parseStoreUrl(options.url, options.environment);
  try {
    return await openClickHouseStore({
      address,
      database,
      engine: 'shared',
      runId: options.runId,
      idBits: options.idBits ?? 64,
      version: `ClickHouse ${version} at ${address.url}`,
      where: where(address.url),
      patience: options.patience ?? { ...SERVER_PATIENCE, ...(triesForMs !== undefined && { triesForMs }) },
    });
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw error;
    throw new SnowglobeError(
      EXIT.environment,
      [
        problem(
          `ClickHouse refused to create tables: ${firstLine(error)}`,
          `Give a user that may create the database and tables of \`${database}\`, or leave --store out.`,
          where(address.url),
        ),
      ],
      { cause: error },
    );
  }
}

export interface StoreProbe {
  /** The server's version, when it told one. */
  readonly version?: string;
  readonly problems: readonly Problem[];
}

/**
 * Finds out whether a server can serve as a store, by a few rows in tables that are dropped again. A URL that is none
 * throws (exit 2).
 */
export async function probeStore(
  url: string,
  environment?: Environment,
  patience = PROBE_PATIENCE,
): Promise<StoreProbe> {
  const parsed = parseStoreUrl(url, environment);
  const { address } = parsed;
  const open = (bare: boolean): Connection =>
    new Connection({
      address,
      version: 'ClickHouse',
      patience: bare ? patience : TRIAL_PATIENCE,
      compressed: !bare,
      bare,
    });
  // No settings: a server that is too old answers the ones it does not know with an error, and not with its version.
  const bare = open(true);
  const connection = open(false);
  try {
    const answered = await whoAnswers(bare, parsed);
    if (answered.problems.length > 0) return answered;
    const lacking = await missingFeatures(connection, parsed.database, where(address.url));
    return { ...answered, problems: lacking.length > 0 ? lacking : await foreignTables(connection, parsed) };
  } finally {
    await bare.close();
    await connection.close();
  }
}

async function whoAnswers(connection: Connection, { address }: StoreUrl): Promise<StoreProbe> {
  const wrong = (what: string, remedy: string): StoreProbe => ({
    problems: [problem(what, remedy, where(address.url))],
  });
  let version: string;
  try {
    version = await connection.text('SELECT version()');
  } catch (thrown) {
    const error = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    if (isWrongCertificate(error))
      return wrong(
        `The certificate of the server is not one that Node trusts: ${firstLine(error)}.`,
        'Start snowglobe with NODE_EXTRA_CA_CERTS=/path/to/ca.pem, the certificate of who signed it, or correct the URL.',
      );
    // Old servers say `Code: 192, e.displayText() = …`, which the client does not take for an error of ClickHouse.
    return error instanceof ClickHouseError || /\bCode: \d+/.test(messageOf(error))
      ? wrong(
          `ClickHouse refuses to answer: ${firstLine(error)}.`,
          `Set ${USER_VARIABLE} and ${PASSWORD_VARIABLE} in the environment.`,
        )
      : wrong(
          `ClickHouse does not answer: ${firstLine(error)}.`,
          'Start the server, correct the URL, or leave --store out to use the embedded ClickHouse.',
        );
  }
  return /^\d+\.\d+/.test(version)
    ? { version, problems: [] }
    : wrong(
        'What answers there is no ClickHouse.',
        'Correct the URL (the HTTP port is 8123), or leave --store out to use the embedded ClickHouse.',
      );
}

/** Tables of our names with other columns: those of another version of snowglobe, or of somebody else. */
async function foreignTables(connection: Connection, { address, database }: StoreUrl): Promise<readonly Problem[]> {
  const rows = await connection.rows<{ table: string; name: string; type: string }>(
    'SELECT table, name, type FROM system.columns WHERE database = {database:String} ORDER BY table, position',
    { database },
  );
  const columnsIn = (table: string): string =>
    rows.flatMap((row) => (row.table === table ? [`${row.name} ${row.type}`] : [])).join(', ');
  const told = await schemaIn(connection, database, where(address.url));
  // What is older is brought up to this version; then it has these columns.
  const wanted = told.version === SCHEMA_VERSION ? currentTables() : [['ids', [...OURS]] as const];
  const foreign = wanted.filter(([table, columns]) => {
    const there = columnsIn(table);
    const ours = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
    return there !== '' && (told.version === SCHEMA_VERSION ? there !== ours : !there.startsWith(ours));
  });
  return [
    ...foreign.map(([table]) =>
      problem(
        `Table \`${database}.${table}\` exists with other columns than this version of snowglobe writes.`,
        'Name another database in the URL (http://host:8123/another), or drop that one.',
        where(address.url),
      ),
    ),
    ...(foreign.length === 0 ? told.problems : []),
  ];
}

/** The first columns of `ids`, in every version. */
const OURS = [
  { name: 'run', type: 'LowCardinality(String)' },
  { name: 'node', type: 'UInt16' },
] as const;

type Columns = readonly { readonly name: string; readonly type: string }[];

const currentTables = (): readonly (readonly [table: string, columns: Columns])[] => [
  ...([64, 128] as const).flatMap((idBits) =>
    TABLES.map((table) => [tableName(table, idBits), columnsOf(idBits)[table]] as const),
  ),
  ...FACT_TABLES.map((table) => [table, factColumns(table)] as const),
  [VERSION_TABLE, VERSION_COLUMNS],
];

const where = (url: string): string => `--store ${url}`;
