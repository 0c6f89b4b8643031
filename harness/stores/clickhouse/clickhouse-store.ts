/**
 * The store on ClickHouse: one client for the embedded engine and for a server, both by URL.
 */
import { ClickHouseError } from '@clickhouse/client';
import { CANARY_NODE } from '../../core/canary.ts';
import type { SqlReader } from '../../core/checker.ts';
import { environmentLacks, messageOf } from '../../core/errors.ts';
import type { RequestColumns } from '../../core/history.ts';
import type { RunFacts } from '../../core/run-facts.ts';
import { EngineLost, FACT_TABLES, StoreDamaged } from '../../core/store.ts';
import type { StoredBytes } from '../../core/run.ts';

import type { BatchRange, LaneCount, Store } from '../../core/store.ts';
import type { Address, Parameters, Patience } from './connection.ts';
import { Connection, EMBEDDED_PATIENCE, SERVER_PATIENCE, isOutOfMemory } from './connection.ts';
import { factRows } from './fact-rows.ts';
import { halvesOf } from './halves.ts';
import { HandOver } from './hand-over.ts';
import { batchBlock } from './native.ts';
import { requestRows } from './row-binary.ts';
import type { Engine, IdBits } from './schema.ts';
import {
  canaryDatabase,
  createStatements,
  factsStatement,
  forgetStatement,
  ingestStatement,
  lanesOfPartsQuery,
  otherRunQuery,
  partsQuery,
  requestsStatement,
  withRun,
} from './schema.ts';
import { prepareDatabase, SPLIT_TABLE } from './versions.ts';

export interface ClickHouseStoreOptions {
  readonly address: Address;
  readonly database: string;
  readonly engine: Engine;
  readonly runId: string;
  readonly idBits: IdBits;
  readonly version: string;
  /** A folder that the engine sees, too: ranges are handed over in files there, and not in the body of a request. */
  readonly handOverIn?: string;
  /** The option or the folder that it was given by, for messages. */
  readonly where?: string;
  /** How long it is waited for; left out: as long as its kind of engine deserves. */
  readonly patience?: Patience;
  /** Why the engine is gone, when that is known better than from a failed request. */
  readonly lost?: () => Promise<string | undefined>;
  readonly close?: () => Promise<void>;
  /** CPU seconds that the engine has taken, where it is the run's own. */
  readonly cpuSeconds?: () => number | undefined;
}

interface LaneRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
}

const laneKey = ({ node, incarnation, lane }: LaneRow): string => `${node}/${incarnation}/${lane}`;

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
  readonly live: SqlReader = { rows: (query, parameters) => this.#rows(query, parameters, this.#databases()) };
  readonly #options: ClickHouseStoreOptions;
  readonly #connection: Connection;
  /** The canary's database, once it is there. */
  #canary: string | undefined;
  readonly #handOver: HandOver | undefined;
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
    const isServer = options.engine === 'shared';
    this.#connection = new Connection({
      address: options.address,
      version: options.version,
      patience: options.patience ?? (isServer ? SERVER_PATIENCE : EMBEDDED_PATIENCE),
      compressed: isServer,
      lost: options.lost,
    });
    if (options.handOverIn !== undefined) this.#handOver = new HandOver(options.handOverIn);
  }

  async create(): Promise<void> {
    await prepareDatabase(this.#connection, { ...this.#options, where: this.#options.where ?? this.version });
    const { database, engine, runId: run } = this.#options;
    if (engine === 'own') await this.#refuseOtherRun();
    const split = await this.#connection.rows<{ token: string }>(
      `SELECT token FROM ${database}.${SPLIT_TABLE} WHERE run = {run:String}`,
      { run },
    );
    for (const { token } of split) this.#split.add(token);
  }

  async append(range: BatchRange): Promise<void> {
    if (!TOKEN.test(range.token)) throw new RangeError(`a token holds letters, digits and _/.:- only: ${range.token}`);
    if (range.nodeIndex !== CANARY_NODE) {
      this.#nodes.set(range.nodeIndex, range.lane.node);
      return this.#appendOrSplit(range);
    }
    const canary = await this.#createCanary();
    await this.#keeping(() => this.#appendWhole(range, canary));
  }

  async #appendWhole(range: BatchRange, database: string): Promise<void> {
    const { idBits, runId: run } = this.#options;
    const { incarnation, lane } = range.lane;
    const name = { run, node: range.nodeIndex, incarnation, lane, token: range.token };
    const block = batchBlock(range, idBits);
    await (this.#handOver === undefined
      ? this.#connection.send(ingestStatement(database, idBits, name), Buffer.concat(block), {})
      : this.#lend(block, (file) => ingestStatement(database, idBits, name, file)));
  }

  /**
   * A range that is too much for the engine's memory is sent in halves, of which it is written down first: a harness that
   * takes up the run of a dead one sends the range again, and must not send it whole.
   */
  async #appendOrSplit(range: BatchRange): Promise<void> {
    const { database, idBits } = this.#options;
    const halves = halvesOf(range, idBits);
    const isSplit = this.#split.has(range.token);
    if (!isSplit && (halves === undefined || range.count <= this.#fitting)) {
      try {
        return await this.#appendWhole(range, database);
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
      return (await this.#countsOfParts()) ?? (await this.#countsOfRows());
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      throw new StoreDamaged(`${this.version} cannot read what it holds: ${error.message.trim()}`, { cause: error });
    }
  }

  /** Without reading a row for each ID; undefined where the whole truth takes that. */
  async #countsOfParts(): Promise<readonly LaneCount[] | undefined> {
    const { database, engine, idBits } = this.#options;
    if (engine !== 'own') return undefined;
    const parts = await this.sql.rows<LaneRow & { ids: string; merged: string }>(lanesOfPartsQuery(database, idBits));
    const told = await this.sql.rows<LaneRow & { told: string; positions: string }>(
      `SELECT node, incarnation, lane, sum(count) AS told, max(first_seq + count) AS positions
       FROM batches GROUP BY node, incarnation, lane ORDER BY node, incarnation, lane`,
    );
    const idsOf = new Map(parts.map(({ ids, ...row }) => [laneKey(row), ids]));
    const isWhole =
      told.every((row) => (idsOf.get(laneKey(row)) ?? '0') === row.told) &&
      parts.every(({ merged, ...row }) => merged === '0' && told.some((other) => laneKey(other) === laneKey(row)));
    if (!isWhole) return undefined;
    return told.map((row) => this.#laneCount(row, row.told, row.told, row.positions));
  }

  async #countsOfRows(): Promise<readonly LaneCount[]> {
    const rows = await this.sql.rows<LaneRow & { stored: string; told: string; positions: string }>(
      `SELECT node, incarnation, lane, sum(rows) AS stored, sum(told) AS told, max(past) AS positions
       FROM (
         SELECT node, incarnation, lane, count() AS rows, 0 AS told, max(seq) + 1 AS past
         FROM ids GROUP BY node, incarnation, lane
         UNION ALL
         SELECT node, incarnation, lane, 0 AS rows, sum(count) AS told, max(first_seq + count) AS past
         FROM batches GROUP BY node, incarnation, lane
       )
       GROUP BY node, incarnation, lane ORDER BY node, incarnation, lane`,
    );
    return rows.map((row) => this.#laneCount(row, row.stored, row.told, row.positions));
  }

  #laneCount({ node, incarnation, lane }: LaneRow, ids: string, inBatches: string, positions: string): LaneCount {
    return {
      node: this.#nodes.get(node) ?? `node number ${node}`,
      incarnation,
      lane,
      ids: BigInt(ids),
      inBatches: BigInt(inBatches),
      positions: BigInt(positions),
    };
  }

  async bytes(): Promise<readonly StoredBytes[] | undefined> {
    try {
      return await this.sql.rows<Record<keyof StoredBytes, string>>(
        partsQuery(this.#options.database, this.#options.engine, this.#options.idBits),
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
    await this.#connection.command(`DROP DATABASE IF EXISTS ${canary}`);
  }

  cpuSeconds(): number | undefined {
    return this.#options.cpuSeconds?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
    await this.#options.close?.();
    this.#handOver?.close();
  }

  async #rows<Row extends Record<string, unknown>>(
    query: string,
    parameters: Parameters = {},
    databases: readonly string[] = [this.#options.database],
  ): Promise<Row[]> {
    const { engine, idBits, runId: run } = this.#options;
    try {
      return await this.#connection.rows<Row>(withRun(databases, engine, idBits, query), { ...parameters, run });
    } catch (error) {
      // Nobody could tell what it would have answered: as little as from an engine that is gone.
      if (!isOutOfMemory(error)) throw error;
      throw new EngineLost(`${this.version} had too little memory for a check: ${messageOf(error).trim()}`, {
        cause: error,
      });
    }
  }

  /** The run's, and that of its canary where there is one. */
  #databases(): readonly string[] {
    const { database } = this.#options;
    return this.#canary === undefined ? [database] : [database, this.#canary];
  }

  async #createCanary(): Promise<string> {
    if (this.#canary !== undefined) return this.#canary;
    const { database, engine, idBits, runId } = this.#options;
    const canary = canaryDatabase(database, runId);
    await this.#connection.command(`CREATE DATABASE IF NOT EXISTS ${canary}`);
    for (const query of createStatements(canary, engine, idBits)) await this.#connection.command(query);
    this.#canary = canary;
    return canary;
  }

  /** Sends bytes beside a query. */
  async #send(query: string, body: Buffer, parameters: Parameters): Promise<void> {
    await this.#keeping(() => this.#connection.send(query, body, { ...parameters, run: this.#options.runId }));
  }

  /** Sends a block by a file. A disk that takes no file takes no evidence either. */
  async #lend(block: readonly Uint8Array[], statement: (file: string) => string): Promise<void> {
    try {
      await this.#handOver!.lend(block, (file) => this.#connection.command(statement(file)));
    } catch (error) {
      if (error instanceof EngineLost || error instanceof ClickHouseError) throw error;
      throw new EngineLost(`A range could not be handed to ${this.version}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** The IDs of an embedded engine are those of one run: of two, each would be told of the other's. */
  async #refuseOtherRun(): Promise<void> {
    const { database, idBits, runId } = this.#options;
    const [found] = await this.#connection.rows<{ other: string }>(otherRunQuery(database, idBits), { run: runId });
    if (found !== undefined)
      throw environmentLacks(
        `The embedded store holds the run ${found.other}, and not ${runId}.`,
        'Give each run a folder of its own; a store may be deleted, it is filled again from the taps.',
        '--store',
      );
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
