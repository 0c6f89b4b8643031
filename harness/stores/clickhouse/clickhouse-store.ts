/**
 * The store on ClickHouse: one client for the embedded engine and for a server, both by URL.
 */
import { ClickHouseError } from '@clickhouse/client';
import type { SqlReader } from '../../core/checker.ts';
import { messageOf } from '../../core/errors.ts';
import type { RequestColumns } from '../../core/history.ts';
import type { RunFacts } from '../../core/run-facts.ts';
import { EngineLost, FACT_TABLES, StoreDamaged } from '../../core/store.ts';
import type { StoredBytes } from '../../core/run.ts';

import type { BatchRange, LaneCount, Store } from '../../core/store.ts';
import type { Address, Parameters, Patience } from './connection.ts';
import { Connection, EMBEDDED_PATIENCE, SERVER_PATIENCE, isOutOfMemory } from './connection.ts';
import { factRows } from './fact-rows.ts';
import { halvesOf } from './halves.ts';
import { LiveDuplicates } from './live-duplicates.ts';
import { batchRows, requestRows } from './row-binary.ts';
import type { Engine, IdBits } from './schema.ts';
import { factsStatement, forgetStatement, ingestStatement, partsQuery, requestsStatement, withRun } from './schema.ts';
import { prepareDatabase, SPLIT_TABLE } from './versions.ts';

export interface ClickHouseStoreOptions {
  readonly address: Address;
  readonly database: string;
  readonly engine: Engine;
  readonly runId: string;
  readonly idBits: IdBits;
  readonly version: string;
  /** The option or the folder that it was given by, for messages. */
  readonly where?: string;
  /** How long it is waited for; left out: as long as its kind of engine deserves. */
  readonly patience?: Patience;
  /** Why the engine is gone, when that is known better than from a failed request. */
  readonly lost?: () => Promise<string | undefined>;
  readonly close?: () => Promise<void>;
}

const TOKEN = /^[\w/.:-]+$/;

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
  readonly #options: ClickHouseStoreOptions;
  readonly #connection: Connection;
  readonly #live: LiveDuplicates;
  /** Names of the nodes that ranges came from; the tables hold their numbers. */
  readonly #nodes = new Map<number, string>();
  #requestAppends = 0;
  /** Tokens of ranges that are sent in halves. */
  readonly #split = new Set<string>();
  /** IDs in the largest range that is tried as a whole. */
  #fitting = Infinity;

  constructor(options: ClickHouseStoreOptions) {
    this.version = options.version;
    this.#options = options;
    this.#live = new LiveDuplicates(this.sql, options.idBits);
    const isServer = options.engine === 'shared';
    this.#connection = new Connection({
      address: options.address,
      version: options.version,
      patience: options.patience ?? (isServer ? SERVER_PATIENCE : EMBEDDED_PATIENCE),
      compressed: isServer,
      lost: options.lost,
    });
  }

  async create(): Promise<void> {
    await prepareDatabase(this.#connection, { ...this.#options, where: this.#options.where ?? this.version });
    const { database, runId: run } = this.#options;
    const split = await this.#connection.rows<{ token: string }>(
      `SELECT token FROM ${database}.${SPLIT_TABLE} WHERE run = {run:String}`,
      { run },
    );
    for (const { token } of split) this.#split.add(token);
  }

  async append(range: BatchRange): Promise<void> {
    if (!TOKEN.test(range.token)) throw new RangeError(`a token holds letters, digits and _/.:- only: ${range.token}`);
    this.#nodes.set(range.nodeIndex, range.lane.node);
    await this.#appendOrSplit(range);
    this.#live.appended(range);
  }

  async #appendWhole(range: BatchRange): Promise<void> {
    const { database, idBits, runId: run } = this.#options;
    const { incarnation, lane } = range.lane;
    await this.#connection.send(ingestStatement(database, idBits, range.token), batchRows(range, idBits), {
      ...{ node: range.nodeIndex, incarnation, lane, run },
    });
  }

  /**
   * A range that is too much for the engine's memory is sent in halves, of which it is written down first: a harness that
   * takes up the run of a dead one sends the range again, and must not send it whole.
   */
  async #appendOrSplit(range: BatchRange): Promise<void> {
    const halves = halvesOf(range, this.#options.idBits);
    const isSplit = this.#split.has(range.token);
    if (!isSplit && (halves === undefined || range.count <= this.#fitting)) {
      try {
        return await this.#appendWhole(range);
      } catch (error) {
        if (!isOutOfMemory(error) || halves === undefined || !(await this.#hasNothingOf(range)))
          throw tookNoMore(this.version, error);
        this.#fitting = Math.min(this.#fitting, Math.ceil(range.count / 2));
      }
    }
    if (!isSplit) await this.#noteSplit(range.token);
    for (const half of halves ?? []) await this.#appendOrSplit(half);
  }

  async #noteSplit(token: string): Promise<void> {
    const { database, runId } = this.#options;
    await this.#keeping(() =>
      this.#connection.command(`INSERT INTO ${database}.${SPLIT_TABLE} SELECT '${runId}', '${token}'`),
    );
    this.#split.add(token);
  }

  /** One view may have its rows of an INSERT that failed in another. */
  async #hasNothingOf({ nodeIndex, lane: { incarnation, lane }, firstSeq, count }: BatchRange): Promise<boolean> {
    const where = `node = ${nodeIndex} AND incarnation = ${incarnation} AND lane = ${lane}`;
    const within = (seq: string): string => `${seq} >= ${firstSeq} AND ${seq} < ${firstSeq + BigInt(count)}`;
    const [row] = await this.#rows<{ n: string }>(
      `SELECT (SELECT count() FROM ids WHERE ${where} AND ${within('seq')})
         + (SELECT count() FROM batches WHERE ${where} AND ${within('first_seq')} AND count > 0) AS n`,
    );
    return row?.n === '0';
  }

  async appendRequests(requests: RequestColumns): Promise<void> {
    if (requests.length === 0) return;
    // Requests are appended in one order, by a harness and by one that takes up its run: the place in it names them.
    const token = `${this.#options.runId}/requests/${this.#requestAppends++}`;
    await this.#send(requestsStatement(this.#options.database, token), requestRows(requests), {});
  }

  async putFacts(facts: RunFacts): Promise<void> {
    const { database, runId: run } = this.#options;
    for (const table of FACT_TABLES)
      await this.#keeping(() =>
        this.#connection.replace(
          forgetStatement(database, table, run),
          factsStatement(database, table),
          factRows(table, facts),
          { run },
        ),
      );
  }

  async counts(): Promise<readonly LaneCount[]> {
    try {
      return await this.#counts();
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      throw new StoreDamaged(`${this.version} cannot read what it holds: ${error.message.trim()}`, { cause: error });
    }
  }

  async #counts(): Promise<readonly LaneCount[]> {
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

  liveDuplicates(): Promise<number> {
    return this.#live.count();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
    await this.#options.close?.();
  }

  async #rows<Row extends Record<string, unknown>>(query: string, parameters: Parameters = {}): Promise<Row[]> {
    const { database, idBits, runId: run } = this.#options;
    try {
      return await this.#connection.rows<Row>(withRun(database, idBits, query), { ...parameters, run });
    } catch (error) {
      // Nobody could tell what it would have answered: as little as from an engine that is gone.
      if (!isOutOfMemory(error)) throw error;
      throw new EngineLost(`${this.version} had too little memory for a check: ${messageOf(error).trim()}`, {
        cause: error,
      });
    }
  }

  /** Sends bytes beside a query. */
  async #send(query: string, body: Buffer, parameters: Parameters): Promise<void> {
    await this.#keeping(() => this.#connection.send(query, body, { ...parameters, run: this.#options.runId }));
  }

  /** An engine that refuses evidence (a full disk) is as lost as one that is gone. */
  async #keeping(call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      throw tookNoMore(this.version, error);
    }
  }
}

/** What refuses evidence is lost; what is lost already stays so. */
function tookNoMore(version: string, error: unknown): unknown {
  if (!(error instanceof ClickHouseError)) return error;
  return new EngineLost(`${version} took no more evidence: ${error.message.trim()}`, { cause: error });
}
