/** What a server holds of runs, and how one goes: by dropping its partitions, tables being parted by run. */
import { EXIT, refuse } from '../../core/errors.ts';
import { FACT_TABLES, TABLES } from '../../core/store.ts';
import { Connection, SERVER_PATIENCE } from './connection.ts';
import { tableName } from './schema.ts';
import { probeStore } from './server.ts';
import type { Environment } from './store-url.ts';
import { parseStoreUrl } from './store-url.ts';
import { SPLIT_TABLE } from './versions.ts';

export interface StoredRun {
  readonly runId: string;
  /** Of a judged run; empty of any other. */
  readonly scenario: string;
  readonly judged: boolean;
  /** When it began, or, of one that was not judged, was last written to. By the clocks of harness and server. */
  readonly unixMs: number;
  /** How long ago it was written to, by the server's clock alone. */
  readonly untouchedForMs: number;
  readonly bytes: number;
}

export interface StoredRuns extends AsyncDisposable {
  list(): Promise<readonly StoredRun[]>;
  remove(runId: string): Promise<void>;
}

/** By which a run is known to be judged: last, so that a prune that is killed is taken up by the next. */
const TELLS = 'runs';

const NAMES: readonly string[] = [
  ...new Set([
    ...([64, 128] as const).flatMap((idBits) => TABLES.map((table) => tableName(table, idBits))),
    SPLIT_TABLE,
    ...FACT_TABLES.filter((table) => table !== TELLS),
    TELLS,
  ]),
];

/** Throws (exit 3) where the server cannot be used. */
export async function storedRuns(url: string, environment?: Environment): Promise<StoredRuns> {
  const { problems } = await probeStore(url, environment);
  refuse(EXIT.environment, problems);
  const { address, database } = parseStoreUrl(url, environment);
  const connection = new Connection({
    address,
    version: `ClickHouse at ${address.url}`,
    patience: SERVER_PATIENCE,
    compressed: true,
  });
  const tables = await connection.rows<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = {database:String}',
    { database },
  );
  const there = NAMES.filter((name) => tables.some((table) => table.name === name));
  return {
    list: () => list(connection, database, there),
    async remove(runId) {
      if (!/^\w+$/.test(runId)) throw new RangeError(`a run's ID holds letters and digits only: ${runId}`);
      for (const name of there) await connection.command(`ALTER TABLE ${database}.${name} DROP PARTITION '${runId}'`);
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function list(connection: Connection, database: string, there: readonly string[]): Promise<readonly StoredRun[]> {
  if (there.length === 0) return [];
  const parts = await connection.rows<{ run: string; bytes: string; touched: string; ago: string }>(
    `SELECT partition AS run, sum(bytes_on_disk) AS bytes, toUnixTimestamp(max(modification_time)) AS touched,
       dateDiff('second', max(modification_time), now()) AS ago
     FROM system.parts WHERE database = {database:String} AND active AND table IN (${there.map((name) => `'${name}'`).join(', ')})
     GROUP BY partition ORDER BY partition`,
    { database },
  );
  const judged = new Map(
    there.includes(TELLS)
      ? (
          await connection.rows<{ run: string; scenario: string; origin: string }>(
            `SELECT run, any(scenario) AS scenario, intDiv(any(origin_ns), 1000000) AS origin
             FROM ${database}.${TELLS} GROUP BY run`,
            {},
          )
        ).map((row) => [row.run, row] as const)
      : [],
  );
  return parts.map(({ run, bytes, touched, ago }) => {
    const told = judged.get(run);
    return {
      runId: run,
      scenario: told?.scenario ?? '',
      judged: told !== undefined,
      unixMs: told === undefined ? Number(touched) * 1000 : Number(told.origin),
      untouchedForMs: Number(ago) * 1000,
      bytes: Number(bytes),
    };
  });
}
