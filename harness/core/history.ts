/**
 * A history: what a run emitted and what the coordinator did, in columns. Folds read it; the simulator fills it, and a
 * reader of taps fills it for small runs.
 */
import type { Layout } from './layout.ts';
import type { ClockFacts } from './clock-orders.ts';
import type { NodeHealth } from './cluster.ts';
import type { CoordinatorOfNode } from './coordinators.ts';
import type { Rollback } from './rollback.ts';
import type { RunNs } from './time.ts';

/** One entry a batch; `ids` of batch i are `ids[firstId[i] .. firstId[i] + count[i])`. */
export interface BatchColumns {
  readonly length: number;
  /** Index into `History.nodes`. */
  readonly node: Uint16Array;
  readonly incarnation: Uint32Array;
  readonly lane: Uint16Array;
  readonly firstSeq: Float64Array;
  readonly count: Uint32Array;
  readonly flags: Uint32Array;
  readonly called: Float64Array;
  readonly returned: Float64Array;
  /** Unix milliseconds of the node's own clock. */
  readonly wallCalledMs: Float64Array;
  readonly wallReturnedMs: Float64Array;
  readonly workerId: Int32Array;
  readonly lease: BigUint64Array;
  readonly createRevision: BigUint64Array;
  readonly firstId: Float64Array;
}

/** A lease as the coordinator and the shells' logs tell it: one fact for each owner key that was held under it. */
export interface LeaseFact {
  /** The region of the coordinator that granted it, where each has its own. */
  readonly coordinator?: string;
  readonly lease: string;
  /** The owner key whose end this is; undefined: whatever was held under the lease. */
  readonly createRevision?: string;
  readonly node: string;
  readonly incarnation: number;
  /** Sending of the last accepted grant or keep-alive. */
  readonly lastSentNs: RunNs;
  readonly ttlMs: number;
  /**
   * When a node, this one or another, first asked for the end of the lease or of the owner key, and that was carried out:
   * an end after that is no broken word of the coordinator.
   */
  readonly givenUpNs?: RunNs;
  /** That was the life that held it. */
  readonly givenUpByHolder?: true;
  /** When one first asked for it and got no answer: whose doing an end after that is, is not known. */
  readonly perhapsGivenUpNs?: RunNs;
  /** The owner key was gone when the coordinator went back. */
  readonly wentBack?: true;
  /** When its node was first told that the lease is gone, by the answer to a keep-alive sent after the last accepted one. */
  readonly toldGoneNs?: RunNs;
  /** When the harness learned that the owner key was gone: it was gone no later. Undefined while it lives. */
  readonly endedNs?: RunNs;
}

/** One request of a client. */
export interface RequestColumns {
  readonly length: number;
  readonly node: Uint16Array;
  readonly sent: Float64Array;
  readonly received: Float64Array;
  /** Index into REQUEST_STATUS. */
  readonly status: Uint8Array;
  readonly incarnation: Uint32Array;
  readonly lane: Uint16Array;
  readonly firstSeq: Float64Array;
  readonly count: Uint32Array;
  /** Of the IDs that came, as in `ReceivedIds`; all 0 where nothing came or nothing is compared. */
  readonly first: BigUint64Array;
  readonly last: BigUint64Array;
  readonly digest: BigUint64Array;
}

/** Of a history whose clients are not known, or not yet. */
export const NO_REQUESTS: RequestColumns = {
  length: 0,
  node: new Uint16Array(),
  sent: new Float64Array(),
  received: new Float64Array(),
  status: new Uint8Array(),
  incarnation: new Uint32Array(),
  lane: new Uint16Array(),
  firstSeq: new Float64Array(),
  count: new Uint32Array(),
  first: new BigUint64Array(),
  last: new BigUint64Array(),
  digest: new BigUint64Array(),
};

export const REQUEST_STATUS = ['ok', 'refused', 'error', 'no answer'] as const;

const OK = REQUEST_STATUS.indexOf('ok');

/** Whether the client got IDs: an answer without any is none, whatever it calls itself. */
export function gotIds({ status, count }: Pick<RequestColumns, 'status' | 'count'>, row: number): boolean {
  return status[row] === OK && count[row]! > 0;
}

export interface HealthFact {
  readonly at: RunNs;
  readonly node: string;
  /** Undefined: no answer. */
  readonly health?: NodeHealth;
}

/** Of one node, or of all and of the harness itself. */
export interface DeafSpan {
  readonly node?: string;
  readonly from: RunNs;
  readonly to: RunNs;
}

/** The time after all heals in which the cluster must live again. */
export interface RecoverWindow {
  /** The last heal. */
  readonly from: RunNs;
  /** The end of the load. */
  readonly to: RunNs;
  /** Worker IDs 0 … pool-1 must each mint. Undefined: each node must. */
  readonly pool?: number;
  /** Nodes mint by themselves as well: not each batch is for a client. */
  readonly selfLoaded?: boolean;
  /** When what nodes did not say proves nothing: their machine kept the harness, or one of them, from running. */
  readonly deaf?: readonly DeafSpan[];
}

export interface History {
  readonly layout: Layout;
  readonly nodes: readonly string[];
  /** Where each region has a coordinator of its own. */
  readonly coordinators?: CoordinatorOfNode;
  readonly batches: BatchColumns;
  /** An entry an ID, or where IDs have 128 bits two, the low one first. */
  readonly ids: BigUint64Array;
  readonly leases: readonly LeaseFact[];
  readonly requests: RequestColumns;
  readonly health: readonly HealthFact[];
  /** In order of time; none when left out. */
  readonly rollbacks?: readonly Rollback[];
  /** Undefined: nobody touched a clock. */
  readonly clocks?: ClockFacts;
  /**
   * How far the time in an ID may lie ahead of its node's clock, where its generator promises so (`time-honest`): only then
   * is it a reading of that clock. Undefined: nothing is promised of it.
   */
  readonly timeAheadMs?: number;
  /** Nodes do not say which worker ID they hold: that a batch names none is no fault of its IDs. */
  readonly untoldHolders?: true;
  /** Some of what nodes wrote could not be read or stored: that an ID is missing here proves nothing. */
  readonly incomplete?: true;
  /** Undefined when the run never came to it. */
  readonly recover?: RecoverWindow;
}
