/**
 * The version of a store's tables. A store says by which it was made; one of an older version is brought up to this one
 * where that is possible, and any other is left alone.
 *
 * Who changes a table, a column or a view raises `SCHEMA_VERSION` and adds the way there to `MIGRATIONS`, or states there
 * that there is none; `versions.test.ts` notices a change that was not told.
 */
import { problem } from '../../core/errors.ts';
import type { Problem } from '../../core/errors.ts';
import { StoreUnreadable } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import type { Engine, IdBits } from './schema.ts';
import { createStatements, tableName, TOKENS_KEPT } from './schema.ts';

/** Of the tables that `createStatements` makes. 1: those of before versions were kept. */
export const SCHEMA_VERSION = 2;

export const VERSION_TABLE = 'schema_version';

export const VERSION_COLUMNS = [
  { name: 'version', type: 'UInt32' },
  { name: 'since', type: 'DateTime' },
] as const;

/** Ranges that were sent in halves, for want of memory: whoever sends them again sends the same halves. */
export const SPLIT_TABLE = 'split_ranges';

/**
 * From the version before to the one named, each statement harmless when repeated: two harnesses may do it at once, and
 * one may die in the midst of it. A version that is not here cannot be reached from the one before.
 */
const MIGRATIONS: ReadonlyMap<number, (database: string, tables: ReadonlySet<string>) => readonly string[]> = new Map([
  [
    2,
    (database: string, tables: ReadonlySet<string>) => [
      // Tables of before it was kept what clients received.
      `ALTER TABLE ${database}.requests ADD COLUMN IF NOT EXISTS first_id UInt64,
        ADD COLUMN IF NOT EXISTS last_id UInt64, ADD COLUMN IF NOT EXISTS digest UInt64`,
      // Requests have tokens from now on.
      `ALTER TABLE ${database}.requests MODIFY SETTING non_replicated_deduplication_window = ${TOKENS_KEPT}`,
      // Of batches of before it is not told how their IDs differ: any bit may, so that each ID is looked at.
      ...([64, 128] as const)
        .map((idBits) => ({
          table: tableName('batches', idBits),
          type: `UInt${idBits}`,
          any: 2n ** BigInt(idBits) - 1n,
        }))
        .filter(({ table }) => tables.has(table))
        .map(
          ({ table, type, any }) => `ALTER TABLE ${database}.${table}
            ADD COLUMN IF NOT EXISTS varying ${type} DEFAULT to${type}('${any}'),
            ADD COLUMN IF NOT EXISTS stretches Array(${type})`,
        ),
    ],
  ],
]);

/** The tables are of a version that this snowglobe neither writes nor can bring up to its own. */
export class OtherSchema extends StoreUnreadable {
  constructor(version: number, where: string) {
    const isNewer = version > SCHEMA_VERSION;
    super(
      problem(
        `The tables there are of schema ${version}, made by ${isNewer ? 'a newer' : 'an older'} snowglobe; this one writes schema ${SCHEMA_VERSION}, and ${isNewer ? 'does not know that one' : 'there is no way from that one to it'}.`,
        'Use the snowglobe that made them, or another database: taps that a run left are read into an empty one by `snowglobe judge`.',
        where,
      ),
    );
  }
}

/** Makes a database ready: creates what is missing, and brings what is older up to this version. */
export async function prepareDatabase(
  connection: Connection,
  { database, engine, idBits, where }: { database: string; engine: Engine; idBits: IdBits; where: string },
): Promise<void> {
  const found = await versionOf(connection, database);
  if (found !== undefined && !isReachable(found)) throw new OtherSchema(found, where);
  const steps = found === undefined ? [] : range(found + 1, SCHEMA_VERSION);
  await ensureDatabase(connection, database);
  const columns = VERSION_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');
  await connection.command(
    `CREATE TABLE IF NOT EXISTS ${database}.${VERSION_TABLE} (${columns}) ENGINE = MergeTree ORDER BY version`,
  );
  await connection.command(
    `CREATE TABLE IF NOT EXISTS ${database}.${SPLIT_TABLE} (run LowCardinality(String), token String)
     ENGINE = MergeTree PARTITION BY run ORDER BY token`,
  );
  // Before any table: one that is cut short here leaves no tables without a version.
  if (found === undefined) await tell(connection, database, SCHEMA_VERSION);
  for (const version of steps) {
    for (const query of MIGRATIONS.get(version)!(database, await tablesIn(connection, database)))
      await connection.command(query);
    await tell(connection, database, version);
  }
  for (const query of createStatements(database, engine, idBits)) await connection.command(query);
}

/** A user that may create tables in a database need not be one that may create databases. */
export async function ensureDatabase(connection: Connection, database: string): Promise<void> {
  const there = await connection.rows('SELECT name FROM system.databases WHERE name = {database:String}', { database });
  if (there.length === 0) await connection.command(`CREATE DATABASE IF NOT EXISTS ${database}`);
}

/** What there is, and why it cannot be used. No tables at all are of this version. */
export async function schemaIn(
  connection: Connection,
  database: string,
  where: string,
): Promise<{ readonly version: number; readonly problems: readonly Problem[] }> {
  const version = (await versionOf(connection, database)) ?? SCHEMA_VERSION;
  return { version, problems: isReachable(version) ? [] : new OtherSchema(version, where).problems };
}

const isReachable = (version: number): boolean =>
  version <= SCHEMA_VERSION && range(version + 1, SCHEMA_VERSION).every((step) => MIGRATIONS.has(step));

/** Undefined: there are no tables. */
async function versionOf(connection: Connection, database: string): Promise<number | undefined> {
  const kept = new Set([tableName('ids', 64), tableName('ids', 128), VERSION_TABLE]);
  const names = new Set([...(await tablesIn(connection, database))].filter((name) => kept.has(name)));
  if (!names.has(VERSION_TABLE)) return names.size === 0 ? undefined : 1;
  const [row] = await connection.rows<{ version: number; told: string }>(
    `SELECT max(version) AS version, count() AS told FROM ${database}.${VERSION_TABLE}`,
    {},
  );
  return row === undefined || row.told === '0' ? (names.size === 1 ? undefined : 1) : row.version;
}

async function tablesIn(connection: Connection, database: string): Promise<ReadonlySet<string>> {
  const query = 'SELECT name FROM system.tables WHERE database = {database:String}';
  const rows = await connection.rows<{ name: string }>(query, { database });
  return new Set(rows.map(({ name }) => name));
}

/** Told twice it is the same. */
async function tell(connection: Connection, database: string, version: number): Promise<void> {
  await connection.command(`INSERT INTO ${database}.${VERSION_TABLE} SELECT ${version}, now()`);
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
