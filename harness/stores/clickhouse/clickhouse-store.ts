/**
 * The store on ClickHouse: one client for the embedded engine and for a server, both by URL.
 */
import { Readable } from 'node:stream';
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { CANARY_NODE } from '../../core/canary.ts';
import type { SqlReader } from '../../core/checker.ts';
import { messageOf } from '../../core/errors.ts';
import type { RequestColumns } from '../../core/history.ts';
import type { RunFacts } from '../../core/run-facts.ts';
import { EngineLost, FACT_TABLES } from '../../core/store.ts';
import type { StoredBytes } from '../../core/run.ts';

import type { BatchRange, LaneCount, Store } from '../../core/store.ts';
import { factRows } from './fact-rows.ts';
import { batchRows, requestRows } from './row-binary.ts';
import type { Engine, IdBits } from './schema.ts';
import {
  canaryDatabase,
  createStatements,
  factsStatement,
  forgetStatement,
  ingestStatement,
  partsQuery,
  requestsStatement,
  withRun,
} from './schema.ts';

/** Where an engine answers. */
export interface Address {
  /** No credentials, no database. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface ClickHouseStoreOptions {
  readonly address: Address;
  readonly database: string;
  readonly engine: Engine;
  readonly runId: string;
  readonly idBits: IdBits;
  readonly version: string;
  /** Why the engine is gone, when that is known better than from a failed request. */
  readonly lost?: () => Promise<string | undefined>;
  readonly close?: () => Promise<void>;
  /** CPU seconds that the engine has taken, where it is the run's own. */
  readonly cpuSeconds?: () => number | undefined;
}

/** Long enough for a check over a billion IDs; an engine that says nothing for longer is lost. */
const REQUEST_TIMEOUT_MS = 300_000;

const TOKEN = /^[\w/.:-]+$/;

/** A client that keeps 64-bit integers exact and hears of an error in the status of the reply. */
function connect(address: Address): ClickHouseClient {
  return createClient({
    ...address,
    request_timeout: REQUEST_TIMEOUT_MS,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      wait_end_of_query: 1,
      async_insert: 0,
    },
  });
}

/** Creates what is missing and opens the store of one run. */
export async function openClickHouseStore(options: ClickHouseStoreOptions): Promise<Store> {
  const store = new ClickHouseStore(options);
  try {
    await store.create();
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
  return store;
}

class ClickHouseStore implements Store {
  readonly version: string;
  readonly sql: SqlReader = { rows: (query, parameters) => this.#rows(query, parameters) };
  readonly live: SqlReader = { rows: (query, parameters) => this.#rows(query, parameters, this.#databases()) };
  readonly #options: ClickHouseStoreOptions;
  readonly #client: ClickHouseClient;
  /** The canary's database, once it is there. */
  #canary: string | undefined;
  /** Names of the nodes that ranges came from; the tables hold their numbers. */
  readonly #nodes = new Map<number, string>();

  constructor(options: ClickHouseStoreOptions) {
    this.version = options.version;
    this.#options = options;
    this.#client = connect(options.address);
  }

  async create(database = this.#options.database): Promise<void> {
    for (const query of createStatements(database, this.#options.engine, this.#options.idBits))
      await this.#engine(() => this.#client.command({ query }));
  }

  async append(range: BatchRange): Promise<void> {
    if (!TOKEN.test(range.token)) throw new RangeError(`a token holds letters, digits and _/.:- only: ${range.token}`);
    const { node, incarnation, lane } = range.lane;
    const isCanary = range.nodeIndex === CANARY_NODE;
    const database = isCanary ? await this.#createCanary() : this.#options.database;
    if (!isCanary) this.#nodes.set(range.nodeIndex, node);
    await this.#send(
      ingestStatement(database, this.#options.idBits, range.token),
      batchRows(range, this.#options.idBits),
      {
        node: range.nodeIndex,
        incarnation,
        lane,
      },
    );
  }

  async appendRequests(requests: RequestColumns): Promise<void> {
    if (requests.length === 0) return;
    await this.#send(requestsStatement(this.#options.database), requestRows(requests), {});
  }

  async putFacts(facts: RunFacts): Promise<void> {
    const { database, runId } = this.#options;
    for (const table of FACT_TABLES) {
      await this.#keeping(() => this.#client.command({ query: forgetStatement(database, table, runId) }));
      const rows = factRows(table, facts);
      if (rows.length > 0) await this.#send(factsStatement(database, table), rows, {});
    }
  }

  async counts(): Promise<readonly LaneCount[]> {
    const rows = await this.sql.rows<{
      node: number;
      incarnation: number;
      lane: number;
      stored: string;
      told: string;
      positions: string;
    }>(`SELECT node, incarnation, lane, sum(rows) AS stored, sum(told) AS told, max(past) AS positions
        FROM (
          SELECT node, incarnation, lane, count() AS rows, 0 AS told, max(seq) + 1 AS past
          FROM ids GROUP BY node, incarnation, lane
          UNION ALL
          SELECT node, incarnation, lane, 0 AS rows, sum(count) AS told, max(first_seq + count) AS past
          FROM batches GROUP BY node, incarnation, lane
        )
        GROUP BY node, incarnation, lane ORDER BY node, incarnation, lane`);
    return rows.map(({ node, incarnation, lane, stored, told, positions }) => ({
      node: this.#nodes.get(node) ?? `node number ${node}`,
      incarnation,
      lane,
      ids: BigInt(stored),
      inBatches: BigInt(told),
      positions: BigInt(positions),
    }));
  }

  async bytes(): Promise<readonly StoredBytes[] | undefined> {
    try {
      return await this.sql.rows<Record<keyof StoredBytes, string>>(
        partsQuery(this.#options.database, this.#options.idBits),
      );
    } catch (error) {
      // A server may keep its system tables from its users.
      if (error instanceof ClickHouseError) return undefined;
      throw error;
    }
  }

  async forgetCanary(): Promise<void> {
    const canary = this.#canary;
    if (canary === undefined) return;
    this.#canary = undefined;
    await this.#engine(() => this.#client.command({ query: `DROP DATABASE IF EXISTS ${canary}` }));
  }

  cpuSeconds(): number | undefined {
    return this.#options.cpuSeconds?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    await this.#options.close?.();
  }

  async #rows<Row extends Record<string, unknown>>(
    query: string,
    parameters: Record<string, string | number> = {},
    databases = [this.#options.database],
  ): Promise<Row[]> {
    return this.#engine(async () => {
      const result = await this.#client.query({
        query: withRun(databases, this.#options.idBits, query),
        query_params: { ...parameters, run: this.#options.runId },
        format: 'JSONEachRow',
      });
      return result.json<Row>();
    });
  }

  /** The run's, and that of its canary where there is one. */
  #databases(): string[] {
    const { database } = this.#options;
    return this.#canary === undefined ? [database] : [database, this.#canary];
  }

  async #createCanary(): Promise<string> {
    if (this.#canary !== undefined) return this.#canary;
    const canary = canaryDatabase(this.#options.database, this.#options.runId);
    await this.create(canary);
    this.#canary = canary;
    return canary;
  }

  /** Sends bytes beside a query. */
  async #send(query: string, body: Buffer, parameters: Record<string, string | number>): Promise<void> {
    await this.#keeping(async () => {
      const { stream } = await this.#client.exec({
        query,
        query_params: { ...parameters, run: this.#options.runId },
        values: Readable.from([body], { objectMode: false }),
      });
      // The connection goes back to the pool once the (empty) reply is read.
      for await (const _ of stream);
    });
  }

  /** An engine that refuses evidence (a full disk) is as lost as one that is gone. */
  async #keeping(call: () => Promise<unknown>): Promise<void> {
    try {
      await this.#engine(call);
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      throw new EngineLost(`${this.version} took no more evidence: ${error.message.trim()}`, { cause: error });
    }
  }

  /** What the engine itself says is an error of the query; anything else means that it is gone. */
  async #engine<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ClickHouseError) throw error;
      const how = (await this.#options.lost?.()) ?? messageOf(error);
      throw new EngineLost(`${this.version} is lost: ${how}`, { cause: error });
    }
  }
}
