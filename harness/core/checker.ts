/**
 * A checker judges exactly one guarantee, twice over: as a plain fold over a small history, which is obviously right,
 * and as SQL for a billion rows. A property holds the two equal.
 */
import type { ClockFacts } from './clock-orders.ts';
import type { CoordinatorOfNode } from './coordinators.ts';
import type { Finding } from './finding.ts';
import type { Guarantee, Promise_ } from './guarantee.ts';
import type { History, LeaseFact, RecoverWindow, HealthFact } from './history.ts';
import type { Layout } from './layout.ts';
import type { Rollback } from './rollback.ts';

export interface Checker {
  /** Equal to the file's name. */
  readonly judges: Guarantee;
  readonly summary: string;
  fold(history: History, promise: Promise_): Finding;
  sql(store: SqlReader, facts: SqlFacts, promise: Promise_): Promise<Finding>;
}

/** Reads the run's tables. 64-bit integers come as decimal strings; parameters are typed `{name:Type}`. */
export interface SqlReader {
  /** Rows of one query. Every table is already restricted to the run by `{run:String}`, which is always set. */
  rows<Row extends Record<string, unknown>>(
    query: string,
    parameters?: Record<string, string | number>,
  ): Promise<Row[]>;
}

/** What a SQL checker needs beside the tables. */
export interface SqlFacts {
  readonly layout: Layout;
  /** Tables hold node numbers: indexes into this list. */
  readonly nodes: readonly string[];
  /** Where each region has a coordinator of its own. */
  readonly coordinators?: CoordinatorOfNode;
  readonly leases: readonly LeaseFact[];
  readonly health: readonly HealthFact[];
  readonly clocks?: ClockFacts;
  /** As in `History`. */
  readonly timeAheadMs?: number;
  /** In order of time; none when left out. */
  readonly rollbacks?: readonly Rollback[];
  /** As in `History`. */
  readonly untoldHolders?: true;
  /** As in `History`. */
  readonly incomplete?: true;
  readonly recover?: RecoverWindow;
}
