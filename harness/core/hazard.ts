/**
 * A hazard: a state that a scenario exists to reach. If the run never reached it, it proved nothing about it.
 */
import type { CoordinatorKind } from './coordinator-kind.ts';
import type { Tenure } from './tenure.ts';
import type { JournalEntry } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { z } from './schema.ts';
import type { RunNs } from './time.ts';

export interface Hazard {
  /** Equal to the file's name. */
  readonly name: string;
  /** The state, as a clause: "a worker ID changed hands while its old holder lived". */
  readonly summary: string;
  /** Validates options and fills in defaults; unknown fields are errors. Field descriptions carry units. */
  readonly options?: z.ZodType<JsonObject>;
  /** The kinds of coordinator with which it can come about; left out: any, and none. */
  readonly coordinators?: readonly CoordinatorKind[];
  reached(facts: HazardFacts, options: JsonObject): HazardReached | undefined;
}

export interface HazardFacts {
  readonly journal: readonly JournalEntry[];
  /** By acts, in order of `from`. */
  readonly tenures: readonly Tenure[];
}

export interface HazardReached {
  readonly at: RunNs;
  /** What was seen, as one sentence. */
  readonly detail: string;
}
