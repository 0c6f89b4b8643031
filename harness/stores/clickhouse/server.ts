/**
 * A ClickHouse server of the user's, by URL. Tables are shared by run; nothing of its housekeeping is touched.
 */
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { EXIT, SnowglobeError, badInput, messageOf, problem, refuse } from '../../core/errors.ts';
import type { Problem } from '../../core/errors.ts';
import { FACT_TABLES, TABLES } from '../../core/store.ts';
import type { Store } from '../../core/store.ts';
import { openClickHouseStore } from './clickhouse-store.ts';
import type { Address } from './connection.ts';
import type { IdBits } from './schema.ts';
import { columnsOf, DATABASE, factColumns, tableName } from './schema.ts';

export interface ServerOptions {
  /** `http[s]://[user:password@]host:port[/database]`. */
  readonly url: string;
  readonly runId: string;
  /** How long the run's IDs are; 64 when left out. */
  readonly idBits?: IdBits;
}

/** From this release on a range that is sent again is deduplicated in materialized views, too. */
const OLDEST = { major: 24, minor: 8 } as const;

const PROBE_TIMEOUT_MS = 5000;

/** A store on a server that `probeStore` found fit; throws its problems otherwise, before anything is written. */
export async function openServer(options: ServerOptions): Promise<Store> {
  const probe = await probeStore(options.url);
  refuse(EXIT.environment, probe.problems);
  const { address, database } = parseStoreUrl(options.url);
  try {
    return await openClickHouseStore({
      address,
      database,
      engine: 'shared',
      runId: options.runId,
      idBits: options.idBits ?? 64,
      version: `ClickHouse ${probe.version} at ${address.url}`,
    });
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw error;
    throw new SnowglobeError(
      EXIT.environment,
      [
        problem(
          `ClickHouse refused to create tables: ${firstLine(error)}`,
          `Give a user that may create the database and tables of \`${database}\`, or leave --store out.`,
          where(address),
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

/** Asks a server whether it can serve as a store; writes nothing. A URL that is none throws (exit 2). */
export async function probeStore(url: string): Promise<StoreProbe> {
  const { address, database } = parseStoreUrl(url);
  // No settings: a server that is too old answers the ones it does not know with an error, and not with its version.
  const client = createClient({
    ...address,
    request_timeout: PROBE_TIMEOUT_MS,
    log: { level: ClickHouseLogLevel.OFF },
  });
  try {
    return await probe(client, address, database);
  } finally {
    await client.close();
  }
}

async function probe(client: ClickHouseClient, address: Address, database: string): Promise<StoreProbe> {
  let version: string;
  try {
    version = await ask(client, 'SELECT version()');
  } catch (error) {
    // Old servers say `Code: 192, e.displayText() = …`, which the client does not take for an error of ClickHouse.
    const answered = error instanceof ClickHouseError || /\bCode: \d+/.test(messageOf(error));
    const remedy = answered
      ? 'Check the user and password in the URL.'
      : 'Start the server, correct the URL, or leave --store out to use the embedded ClickHouse.';
    const what = `ClickHouse ${answered ? 'refuses to answer' : 'does not answer'}: ${firstLine(error)}.`;
    return { problems: [problem(what, remedy, where(address))] };
  }
  if (!/^\d+\.\d+/.test(version)) {
    const remedy = 'Correct the URL (the HTTP port is 8123), or leave --store out to use the embedded ClickHouse.';
    return { problems: [problem('What answers there is no ClickHouse.', remedy, where(address))] };
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    const what = `ClickHouse ${version} is too old to serve as a store.`;
    const remedy = `Use ${OLDEST.major}.${OLDEST.minor} or newer, or leave --store out to use the embedded ClickHouse.`;
    return { version, problems: [problem(what, remedy, where(address))] };
  }
  return {
    version,
    problems: [...(await missingFeatures(client, address)), ...(await foreignTables(client, address, database))],
  };
}

/** Uses, without a table, each feature that a store rests on. */
async function missingFeatures(client: ClickHouseClient, address: Address): Promise<Problem[]> {
  const features: Readonly<Record<string, string>> = {
    'deduplication of ranges in materialized views':
      "SELECT 1 SETTINGS deduplicate_blocks_in_dependent_materialized_views = 1, insert_deduplication_token = 'probe'",
    'functions on arrays':
      'SELECT arrayCount((a, b) -> a <= b, [toUInt64(1)], [toUInt64(2)]), arrayMin([1]), arrayEnumerate([1]), transform(1, [1], [2], 0)',
    'LIMIT … OFFSET … BY': 'SELECT number FROM numbers(3) ORDER BY number LIMIT 1 OFFSET 1 BY number',
  };
  const problems: Problem[] = [];
  for (const [feature, query] of Object.entries(features)) {
    try {
      await ask(client, query);
    } catch (error) {
      const what = `ClickHouse lacks ${feature}: ${firstLine(error)}.`;
      problems.push(
        problem(what, 'Use a newer server, or leave --store out to use the embedded ClickHouse.', where(address)),
      );
    }
  }
  return problems;
}

/** Tables of our names with other columns: those of another version of snowglobe, or of somebody else. */
async function foreignTables(client: ClickHouseClient, address: Address, database: string): Promise<Problem[]> {
  const wanted = new Map([
    ...([64, 128] as const).flatMap((idBits) =>
      TABLES.map((table) => [tableName(table, idBits), columnsOf(idBits)[table]] as const),
    ),
    ...FACT_TABLES.map((table) => [table, factColumns(table)] as const),
  ]);
  const found = await ask(
    client,
    `SELECT table, name, type FROM system.columns
     WHERE database = '${database}' AND table IN (${[...wanted.keys()].map((table) => `'${table}'`).join(', ')})
     ORDER BY table, position`,
  );
  const lines = found.split('\n').filter((line) => line !== '');
  const foreign = [...wanted].filter(([table, columns]) => {
    const there = lines.filter((line) => line.startsWith(`${table}\t`));
    const ours = columns.map(({ name, type }) => `${table}\t${name}\t${type}`);
    return there.length > 0 && there.join('\n') !== ours.join('\n');
  });
  return foreign.map(([table]) =>
    problem(
      `Table \`${database}.${table}\` exists with other columns than this version of snowglobe writes.`,
      'Name another database in the URL (http://host:8123/another), or drop that one.',
      where(address),
    ),
  );
}

async function ask(client: ClickHouseClient, query: string): Promise<string> {
  const result = await client.query({ query, format: 'TabSeparated' });
  return (await result.text()).trim();
}

/** Takes a store URL apart; throws (exit 2) when it is none. */
export function parseStoreUrl(text: string): { readonly address: Address; readonly database: string } {
  const remedy = 'Give http://[user:password@]host:port[/database].';
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw badInput(`\`${redact(text)}\` is no URL of a ClickHouse server.`, remedy, '--store');
  const database = url.pathname.replaceAll('/', '') || DATABASE;
  if (!/^[A-Za-z_]\w*$/.test(database)) throw badInput(`\`${database}\` is no name for a database.`, remedy, '--store');
  return {
    address: {
      url: url.origin,
      username: decodeURIComponent(url.username) || 'default',
      password: decodeURIComponent(url.password),
    },
    database,
  };
}

const redact = (text: string): string => text.replace(/\/\/[^@/]*@/, '//…@');

const where = (address: Address): string => `--store ${address.url}`;

const firstLine = (error: unknown): string =>
  messageOf(error)
    .trim()
    .split('\n')[0]!
    .replace(/[.:]\s*$/, '');
