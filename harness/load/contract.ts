/** What every client of the nodes does, whoever carries it out: the built-in one, or k6. */
import type { ClusterNode } from '../core/cluster.ts';
import type { RequestColumns } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Rng } from '../core/random.ts';
import type { LoadRecord } from '../core/run.ts';
import type { Load } from '../core/scenario.ts';
import type { Time } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';

/** What clients saw of one node within a second, as it is journalled. */
export type LoadSecond = Omit<Extract<JournalEntry, { kind: 'load' }>, 'kind'>;

export type LoadedNode = Pick<ClusterNode, 'name' | 'mint' | 'openMax' | 'http'>;

export interface LoadOptions {
  readonly time: Time;
  readonly nodes: readonly LoadedNode[];
  readonly load: Load;
  readonly idBits: 64 | 128;
  /** Whether to offer `load.simulated`. */
  readonly simulated: boolean;
  readonly rng: Rng;
  /** How long the load is planned to last: a client of its own process ends by itself soon after. */
  readonly plannedMs: number;
  /** The run's folder and ID, for what a client of its own process leaves. */
  readonly folder: string;
  readonly runId: string;
  /** Called each second with one entry a node, all of one moment, and once more at the end with the rest. */
  readonly onSecond: (nodes: readonly LoadSecond[]) => void;
}

/** Starts a load. A client of its own process has begun to ask when it resolves. */
export type StartLoad = (options: LoadOptions) => LoadHandle | Promise<LoadHandle>;

export interface LoadHandle {
  readonly client: ClientFacts;
  /** Ends the arrivals; resolves when every request is answered or past its timeout. */
  stop(): Promise<void>;
  requests(): RequestColumns;
  offered(): readonly Offered[];
  /** Why what was offered, or what is known of it, is less than it should be; after `stop`. */
  problems(): readonly UnknownReason[];
}

/** Who asks, and which answers are compared. */
export type ClientFacts = Pick<LoadRecord, 'client' | 'version' | 'sample'>;

/** What was asked of the load, and what it did. */
export interface Offered {
  readonly node: string;
  /** Arrivals of the schedule so far. */
  readonly asked: number;
  readonly sent: number;
  /** Not sent: the harness came to them too late. */
  readonly late: number;
  /** Not sent: too many requests were open. */
  readonly crowded: number;
  /** IDs that the requests sent asked for. */
  readonly idsAsked: number;
}
