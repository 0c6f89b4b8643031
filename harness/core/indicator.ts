/**
 * An indicator measures one figure of a run, over parts of it, from what the run left: requests of clients, journal,
 * tenures, disturbances. Pure.
 */
import type { Tenure } from './tenure.ts';
import type { LeaseFact, RequestColumns } from './history.ts';
import type { JournalEntry } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { Scenario } from './scenario.ts';
import type { z } from './schema.ts';
import type { SequenceSecond } from './sequence-use.ts';
import type { Unit } from './slo.ts';
import type { RunNs } from './time.ts';

export interface Indicator<Options extends JsonObject = JsonObject> {
  /** Equal to the file's name. */
  readonly name: string;
  readonly summary: string;
  readonly unit: Unit;
  /** Which way is better: an objective of the other kind is refused. */
  readonly better: 'less' | 'more';
  /** Validates options and fills in defaults; unknown fields are errors. Field descriptions carry units. */
  readonly options: z.ZodType<Options>;
  /** Valid options, for the law suite. */
  readonly example: Options;
  /** What is measured, in words, with the options. */
  what(options: Options): string;
  /**
   * It measures what costs real time, or load that the simulator thins out: of virtual time it has no value, and its SLO is
   * left out there, in words.
   */
  readonly needsRealTime?: true;
  /** It measures what follows a disturbance: where a scenario disturbs nothing there is nothing to measure. */
  readonly afterDisturbances?: true;
  /** It is told of the run as a whole: an SLO over a part of it is refused. */
  readonly wholeRun?: true;
  /** It reads `IndicatorFacts.sequence`, a question to all IDs: asked only where somebody wants to know. */
  readonly needsSequence?: true;
  measure(facts: IndicatorFacts, spans: readonly Span[], options: Options): Measurement;
}

/** Half open: what is at `to` belongs to what comes after. Run nanoseconds. */
export interface Span {
  readonly from: RunNs;
  readonly to: RunNs;
}

/** A value without samples does not exist: then `value` is left out, and `detail` says why where there is a reason. */
export interface Measurement {
  readonly value?: number;
  /**
   * The value if all that the harness did not do, such as requests that it never sent, had gone well. An objective that is
   * met by it, and missed by the value, is not decided: what is missing was nobody's failure.
   */
  readonly atBest?: number;
  /** What was measured was not over when the load ended: the value can only be worse. It proves a miss, and no pass. */
  readonly unfinished?: true;
  /** How many things the value rests on. */
  readonly samples: number;
  /** One sentence. */
  readonly detail?: string;
}

/** What indicators read. Times are run nanoseconds; nodes are indexes into `nodes`. */
export interface IndicatorFacts {
  /** The clocks in `journal` are not those of the nodes, which run elsewhere. */
  readonly clocksUnseen?: true;
  readonly scenario: Scenario;
  readonly nodes: readonly string[];
  readonly journal: readonly JournalEntry[];
  /** Undefined: a killed harness took them with it. */
  readonly requests: MarkedRequests | undefined;
  readonly tenures: readonly Tenure[];
  readonly leases: readonly LeaseFact[];
  /** Those that made something go wrong, in the order in which they were asked for. */
  readonly reaches: readonly Reach[];
  /** `MARK.reach` and `MARK.deaf`, where they hold for a node at any time from `from` to `to`. */
  readonly marksOf: (node: number, from: RunNs, to: RunNs) => number;
  /** Violations of `owns-worker-id` by the acts of nodes, outside assumptions not counted; undefined: not judged. */
  readonly conflicts: number | undefined;
  /** IDs that a request asks for, on average. */
  readonly idsPerRequest: number;
  /** In order of time; undefined where nobody asked the store. */
  readonly sequence: readonly SequenceSecond[] | undefined;
  /** IDs that one worker can mint in one tick; 0: IDs carry no sequence. */
  readonly sequenceRoom: number;
}

/** Requests, with what has to be known of each beside what its client saw. */
export interface MarkedRequests extends RequestColumns {
  /** `MARK`s of each, added up. */
  readonly marks: Uint8Array;
}

export const MARK = {
  /** Its node was in the reach of a disturbance at some time while it was open. */
  reach: 1,
  /** The harness stood still, or the machine starved the node, while it was open: how it ended is nobody's doing. */
  deaf: 2,
  /** Its node held no worker ID and said so, one of as many as the cluster has beyond its pool: it had nothing to give. */
  standby: 4,
} as const;

/** When nodes may refuse, wait or be silent because of a disturbance. */
export interface Reach {
  /** Of its disturbance's record. */
  readonly key: string;
  /** As its scenario calls it. */
  readonly name: string;
  /** Of the coordinator: its leader may have changed. */
  readonly ofCoordinator: boolean;
  /** When it was asked for: its injection may have begun to act at once. */
  readonly from: RunNs;
  /** Undefined: it never was, as far as is known. */
  readonly healed: RunNs | undefined;
  /** The end of its reach: heal, what its nodes' clocks had been measured ahead, and grace. */
  readonly to: RunNs;
}
