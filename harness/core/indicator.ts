/**
 * An indicator measures one figure of a run, over a part of it, from what the run left: requests of clients, journal,
 * tenures, disturbances. Pure.
 */
import type { Tenure } from './checker.ts';
import type { RequestColumns } from './history.ts';
import type { JournalEntry } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { DisturbanceRecord } from './run.ts';
import type { Scenario } from './scenario.ts';
import type { z } from './schema.ts';
import type { Unit } from './slo.ts';
import type { RunNs } from './time.ts';

export interface Indicator<Options extends JsonObject = JsonObject> {
  /** Equal to the file's name. */
  readonly name: string;
  readonly summary: string;
  readonly unit: Unit;
  /** Which way is better: an objective of the other kind is refused. */
  readonly better: 'less' | 'more';
  readonly options: z.ZodType<Options>;
  /** Valid options, for the law suite. */
  readonly example: Options;
  /** What is measured, in words, with the options. */
  what(options: Options): string;
  /**
   * Of virtual time nothing is measured that costs real time (the latency of a request in the simulator is a constant):
   * such an indicator has no value there, and its SLO is `unknown` on a real driver only.
   */
  readonly needsRealTime?: true;
  measure(facts: IndicatorFacts, span: Span, options: Options): Measurement;
}

/** Half open, run nanoseconds. */
export interface Span {
  readonly from: RunNs;
  readonly to: RunNs;
}

/** A value without samples does not exist: then `value` is left out, and `detail` says why. */
export interface Measurement {
  readonly value?: number;
  /** How many things the value rests on. */
  readonly samples: number;
  readonly detail?: string;
}

/** What indicators read. Times are run nanoseconds. */
export interface IndicatorFacts {
  readonly scenario: Scenario;
  readonly nodes: readonly string[];
  readonly journal: readonly JournalEntry[];
  /** Undefined: a killed harness took them with it. */
  readonly requests: RequestColumns | undefined;
  readonly tenures: readonly Tenure[];
  readonly disturbances: readonly DisturbanceRecord[];
  /** When a node may refuse because of a disturbance: from inject to heal and grace. Index into `nodes`. */
  readonly reach: (node: number, at: RunNs) => boolean;
  /** Violations of `owns-worker-id` by the acts of nodes, outside assumptions not counted; undefined: not judged. */
  readonly conflicts: number | undefined;
  /** IDs that were asked of each node each second, of the load that was really offered. */
  readonly idsPerSecond: number;
}
