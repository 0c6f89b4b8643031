/** What a checker found of one guarantee: plain data, part of a run's record. */
import type { Cause } from './cause.ts';
import type { Guarantee } from './guarantee.ts';
import type { Tenure } from './tenure.ts';
import type { RunNs } from './time.ts';
import type { Verdict } from './verdict.ts';

/** Witnesses kept for each finding. Counts are always exact. */
export const WITNESSES_MAX = 12;

/** Repeated IDs told of one by one for each finding, the lowest of them. Their number is always exact. */
export const REPEATED_MAX = 1000;

/** How it was found out which IDs are unique. */
export interface Method {
  /**
   * `run certificate`: increasing stretches of one worker ID that do not meet hold no ID twice; `order of all IDs`: all were
   * sorted and neighbours compared.
   */
  readonly by: 'run certificate' | 'order of all IDs';
  /** IDs of which it is known. */
  readonly ids: number;
  /** Of these, IDs that were compared with one another; the others have the certificate. */
  readonly compared: number;
}

/** An ID that was minted more than once, and by whom. */
export interface RepeatedId {
  readonly id: string;
  readonly times: number;
  /** The first of them by name. */
  readonly sightings: readonly Pick<Sighting, 'node' | 'incarnation' | 'lane' | 'seq'>[];
}

export interface Finding {
  readonly guarantee: Guarantee;
  /** For `increasing-across-lives`: which scope. */
  readonly scope?: string;
  /** Rests on what nodes said that they held: IDs of a node that says that it holds nothing, or another, escape it. */
  readonly byHolder?: true;
  readonly verdict: Verdict;
  /** How many things (IDs, batches, tenures) were looked at; none looked at is `unknown`. */
  readonly checked: number;
  /** What `checked` counts: `IDs`, `batches`, `tenures`, `worker IDs`. */
  readonly unit: string;
  readonly violations: number;
  /** Violations that need a broken assumption; part of `violations`, not a failure by themselves. */
  readonly outsideAssumptions: number;
  /** Cases that the evidence cannot decide, such as a batch that straddles the end of its lease. */
  readonly undecided: number;
  /** At most WITNESSES_MAX, in order of time. */
  readonly witnesses: readonly Witness[];
  /** Of `unique`, where an ID was looked at. */
  readonly method?: Method;
  /** Of `unique`: at most REPEATED_MAX, the lowest first. Absent where there is none. */
  readonly repeated?: readonly RepeatedId[];
}

/** One ID or batch that takes part in a violation. */
export interface Sighting {
  readonly node: string;
  readonly incarnation: number;
  readonly lane: number;
  /** Position of the ID in its lane; of a batch, of its first ID. */
  readonly seq: number;
  /** Decimal, unsigned; absent when the sighting is a batch or a silence. */
  readonly id?: string;
  readonly called: RunNs;
  readonly returned: RunNs;
  readonly wallCalledMs: number;
  readonly wallReturnedMs: number;
  readonly workerId: number;
  readonly lease: string;
  readonly createRevision: string;
}

/** One violation as a checker saw it; `explain` adds decoded fields, cause and story. */
export interface Witness {
  /** One sentence with the facts, no interpretation. */
  readonly what: string;
  readonly sightings: readonly Sighting[];
  readonly tenures?: readonly Tenure[];
  /** The moment to look at in the timetable. */
  readonly at: RunNs;
  readonly worker?: number;
  /** What a client received in place of the sightings: first and last ID, decimal; of one with 128 bits its low 64. */
  readonly received?: { readonly first: string; readonly last: string };
  /** What another client received for the same place, or parts of it, and when; `received` came later. */
  readonly receivedBefore?: { readonly first: string; readonly last: string; readonly at: RunNs };
  readonly outsideAssumptions?: boolean;
  readonly cause?: Cause;
  /** The story, told by `explain`. */
  readonly explanation?: string;
}

/** The one place of "nothing looked at is unknown". */
export function finding(result: Omit<Finding, 'verdict'>): Finding {
  const broken = result.violations - result.outsideAssumptions;
  const verdict: Verdict = broken > 0 ? 'fail' : result.checked === 0 ? 'unknown' : 'pass';
  return { ...result, verdict, witnesses: result.witnesses.slice(0, WITNESSES_MAX) };
}
