/**
 * What is known of a run beside its emissions, for dashboards that read the store: plain rows. Times are run nanoseconds.
 */
import type { Cause } from './cause.ts';
import type { Disturbed } from './disturbance.ts';
import type { Guarantee } from './guarantee.ts';
import type { JsonObject } from './json.ts';
import type { Layout } from './layout.ts';
import type { RunNs } from './time.ts';
import type { Verdict } from './verdict.ts';

export interface RunFacts {
  readonly run: RunFact;
  readonly disturbances: readonly DisturbanceFact[];
  readonly offsets: readonly OffsetFact[];
  readonly witnesses: readonly WitnessFact[];
}

export interface RunFact {
  readonly scenario: string;
  readonly generator: string;
  readonly driver: string;
  readonly seed: string;
  readonly verdict: Verdict;
  /** True Unix nanoseconds at the run's origin, exact to the microsecond: what puts run time on the time axis. */
  readonly originUnixNs: bigint;
  /** The end of the evidence. */
  readonly last: RunNs;
  /** Tables of emissions hold node numbers: indexes into this list. */
  readonly nodes: readonly string[];
  readonly layout: Layout;
}

export interface DisturbanceFact {
  readonly key: string;
  readonly name: string;
  /** What people call it: `paused: pause n2`. */
  readonly label: string;
  readonly slot: string;
  readonly fault: string;
  readonly disturbs: readonly Disturbed[];
  readonly options: JsonObject;
  /** Absent: never injected, never healed. */
  readonly injected?: RunNs;
  readonly healed?: RunNs;
  readonly bit: boolean;
  /** Why it did not bite. */
  readonly missed?: string;
}

/** The wall clock of one node at one moment, in milliseconds from true time; positive: ahead. */
export interface OffsetFact {
  /** A number, as in the tables of emissions. */
  readonly node: number;
  readonly at: RunNs;
  /** What the orders to the clock have it be; absent where an order was just taking force, or failed. */
  readonly requestedMs?: number;
  /** What was measured from outside; absent: the node gave no answer. */
  readonly observedMs?: number;
}

export interface WitnessFact {
  readonly guarantee: Guarantee;
  readonly scope?: string;
  readonly promised: boolean;
  readonly at: RunNs;
  readonly worker?: number;
  /** Lives that took part: `n1.2`. */
  readonly lives: readonly string[];
  /** Decimal. */
  readonly ids: readonly string[];
  readonly what: string;
  readonly cause?: Cause;
  readonly explanation?: string;
  readonly outsideAssumptions: boolean;
}
