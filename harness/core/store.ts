/**
 * The store keeps every ID of a run and answers SQL about it.
 */
import type { SqlReader } from './checker.ts';
import { EXIT, SnowglobeError } from './errors.ts';
import type { Problem } from './errors.ts';
import type { RequestColumns } from './history.ts';
import type { RunFacts } from './run-facts.ts';
import type { StoredBytes } from './run.ts';
import type { LaneName } from './tap.ts';

export interface Store extends AsyncDisposable {
  /** `chdb 3.4.0 (ClickHouse 26.7)` or `ClickHouse 25.3 at http://…`. */
  readonly version: string;
  /**
   * Appends whole batches of one lane; harmless when repeated with the same token. What comes from `CANARY_NODE` is kept
   * in a database of its own, where nothing but `live` sees it.
   */
  append(range: BatchRange): Promise<void>;
  appendRequests(requests: RequestColumns): Promise<void>;
  /** What the judge concluded, beside the emissions, for dashboards; takes the place of what was there of this run. */
  putFacts(facts: RunFacts): Promise<void>;
  /** IDs stored, by lane. */
  counts(): Promise<readonly LaneCount[]>;
  /** What the run takes by table; undefined where the engine does not tell its user. */
  bytes(): Promise<readonly StoredBytes[] | undefined>;
  readonly sql: SqlReader;
  /** As `sql`, and what the canary minted is among it: for those who look while the run lasts. */
  readonly live: SqlReader;
  /** What the canary minted is forgotten; harmless when repeated. */
  forgetCanary(): Promise<void>;
  /** CPU seconds that the engine has taken so far; undefined where it is not the run's own. */
  cpuSeconds?(): number | undefined;
}

/** The engine behind a store crashed or cannot be reached: what it holds is not known, and the run is `unknown`. */
export class EngineLost extends Error {
  override readonly name = 'EngineLost';
}

/** The engine answers, and cannot read what it holds. */
export class StoreDamaged extends EngineLost {}

/** What a store holds cannot be read: it is damaged, or of another version. What it was filled from can be read again. */
export class StoreUnreadable extends SnowglobeError {
  constructor(wrong: Problem, options?: ErrorOptions) {
    super(EXIT.environment, [wrong], options);
  }
}

/** A range of committed batches as the tap has them. */
export interface BatchRange {
  readonly lane: LaneName;
  readonly nodeIndex: number;
  readonly firstSeq: bigint;
  /** IDs in the range. */
  readonly count: number;
  /** CLOCK_MONOTONIC ns at the run's origin: turns the records' times into run time. */
  readonly originNs: bigint;
  /** BATCH_BYTES each. */
  readonly batches: Buffer;
  /** Little-endian; 8 bytes an ID, or 16 where IDs have 128 bits. */
  readonly ids: Buffer;
  /** Names the range: same token, same bytes. */
  readonly token: string;
}

export interface LaneCount extends LaneName {
  readonly ids: bigint;
  /** IDs that the stored batches speak of: the same number, or the store is not whole. */
  readonly inBatches: bigint;
  /** One past the last position that is held: with more IDs than that, some are held twice. */
  readonly positions: bigint;
}

/**
 * Tables that SQL checkers may read:
 *
 * `ids(node UInt16, incarnation UInt32, lane UInt16, seq UInt64, id UInt64, worker Int32)` ordered by id (UInt128 where
 *   IDs have 128 bits; so are the IDs of `batches`);
 * `batches(node UInt16, incarnation UInt32, lane UInt16, first_seq UInt64, count UInt32, flags UInt32, called Int64,
 *   returned Int64, wall_called_ms Float64, wall_returned_ms Float64, worker Int32, lease UInt64, create_revision UInt64,
 *   first_id UInt64, last_id UInt64, min_id UInt64, max_id UInt64, backward UInt32, varying UInt64,
 *   stretches Array(UInt64))` — `called`/`returned` are run nanoseconds; the last seven are as in `IdSummaries`;
 * `requests(node UInt16, sent Int64, received Int64, status UInt8, incarnation UInt32, lane UInt16, first_seq UInt64,
 *   count UInt32, first_id UInt64, last_id UInt64, digest UInt64)` — the last three as in `ReceivedIds`.
 *
 * Several runs share the tables behind these names. `SqlReader.rows` puts one common table expression a name in front
 * of the query, `WITH ids AS (SELECT * EXCEPT run FROM … WHERE run = {run:String}), …`, and a query's own leading WITH
 * is joined to it. So a query says plain `FROM ids`, cannot see another run, and writes no database and no FORMAT; its
 * own expressions must not be called like a table. An ID that appears twice in `ids` under one (node, incarnation,
 * lane, seq) is impossible: the store deduplicates ranges by token.
 */
export const TABLES = ['ids', 'batches', 'requests'] as const;

/** Tables of what is no emission, one row each of `RunFacts`: no checker reads them, dashboards do. */
export const FACT_TABLES = ['runs', 'disturbances', 'offsets', 'witnesses'] as const;
