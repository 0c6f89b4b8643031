/**
 * The record of one scenario carried out: `run.json`. Plain, versioned data; reports are pure functions of it.
 *
 * All that depends on the machine or the moment (times of day, durations of the harness, versions, paths) sits under
 * `measured`, so that in the simulator the same seed gives the same bytes elsewhere.
 */
import type { AskedDisturbance, EvidenceSample } from './disturbance.ts';
import type { Finding } from './finding.ts';
import type { Promise_ } from './guarantee.ts';
import type { Layout } from './layout.ts';
import type { DataNode } from './node-program.ts';
import type { Phase } from './phase.ts';
import type { Scenario } from './scenario.ts';
import type { EvidenceScope, Unjudged } from './scope.ts';
import type { FigureRecord, SloRecord } from './slo.ts';
import type { Tenure } from './tenure.ts';
import type { RunNs } from './time.ts';
import type { UnknownReason, Verdict } from './verdict.ts';
import type { WaivedRecord } from './waived.ts';

export const RUN_VERSION = 1;

export interface Run {
  readonly version: typeof RUN_VERSION;
  /** `begun`: saved before launch; `judged`: complete. A harness that died leaves `begun`. */
  readonly state: 'begun' | 'judged';
  readonly scenario: Scenario;
  readonly generator: {
    readonly name: string;
    /** The user's own file, as seen from where the run was started. Absent: one that snowglobe brings. */
    readonly file?: string;
    /** The way in, where flags made it: `command:./my-service --port {port}`. */
    readonly from?: string;
    readonly summary: string;
    readonly promises: readonly Promise_[];
    readonly layout: Layout;
    /** How the evidence was gathered; records of older runs have none: each ID as it was minted. */
    readonly evidence?: EvidenceScope;
    /** What was started, and how it was asked, where that is plain data. */
    readonly node?: DataNode;
  };
  readonly driver: string;
  readonly seed: string;
  /** The command that repeats the run. */
  readonly command: string;
  /** Where an unknown run is tried again with the same seed: which attempt this is, and how many there may be. */
  readonly attempt?: { readonly number: number; readonly of: number };
  readonly verdict: Verdict;
  /** That of the verdict beside what is waived, or 130: the run was interrupted and its process ended with that. */
  readonly exitCode: number;
  /** Why the verdict is what it is: one sentence each. Doubts beside a failure are in `unknowns` alone. */
  readonly reasons: readonly string[];
  readonly unknowns: readonly UnknownReason[];
  /** Promised guarantees first, then `not promised` ones. */
  readonly findings: readonly (Finding & { readonly promised: boolean })[];
  /** Guarantees that such evidence cannot tell anything about; absent where there is none. */
  readonly unjudged?: readonly Unjudged[];
  readonly disturbances: readonly DisturbanceRecord[];
  readonly hazards: readonly HazardRecord[];
  /** SLOs as they were judged; absent where nobody asked for one. */
  readonly slos?: readonly SloRecord[];
  /** Measured, and judged by nobody. */
  readonly figures?: readonly FigureRecord[];
  /** Broken guarantees and missed SLOs that waivers cover; absent where none does. The verdict stays what it is. */
  readonly waived?: readonly WaivedRecord[];
  /** Who offered the load; absent in runs that ended before it began. */
  readonly load?: LoadRecord;
  readonly evidence: EvidenceTotals;
  /** How each coordinator kept its word on leases; absent where none is known. */
  readonly leases?: readonly LeaseTotals[];
  /** Slots in the order in which they were carried out. */
  readonly slots: readonly {
    readonly name: string;
    readonly from: RunNs;
    readonly holder?: string;
    readonly workerId?: number;
  }[];
  readonly phases: readonly { readonly phase: Phase; readonly from: RunNs; readonly to: RunNs }[];
  readonly nodes: readonly string[];
  readonly series: Series;
  readonly tenures: readonly Tenure[];
  readonly measured: Measured;
}

export interface DisturbanceRecord extends Omit<AskedDisturbance, 'plannedMs' | 'seenWithinMs'> {
  /** What it waited for, in words, and what was seen when that came. Without `seen` it never began. */
  readonly signal?: { readonly awaited: string; readonly seen?: string };
  readonly injected?: RunNs;
  readonly healed?: RunNs;
  /** In force, measured from outside, from its injection to its heal, or to the end of the evidence. */
  readonly bit: boolean;
  /** When it was first and last measured in force. */
  readonly tookFrom?: RunNs;
  readonly tookTo?: RunNs;
  /** Why it did not bite. */
  readonly missed?: string;
  /** Why it is not known that its own step healed it. */
  readonly unhealed?: string;
  /** Thinned to at most 200. */
  readonly samples: readonly EvidenceSample[];
}

export interface HazardRecord {
  readonly hazard: string;
  readonly summary: string;
  readonly reached: boolean;
  readonly at?: RunNs;
  readonly detail?: string;
}

/** Counts as decimal strings where they may exceed 2^53. */
export interface EvidenceTotals {
  /** IDs committed to taps. */
  readonly minted: string;
  readonly stored: string;
  /** IDs that clients received. */
  readonly acknowledged: string;
  readonly batches: number;
  /** Bytes after the last record of dead incarnations. */
  readonly tornBytes: number;
  readonly requests: {
    readonly sent: number;
    readonly ok: number;
    readonly refused: number;
    readonly errors: number;
    readonly noAnswer: number;
    readonly dropped: number;
  };
  readonly lanes: readonly {
    readonly node: string;
    readonly incarnation: number;
    readonly lane: number;
    readonly minted: string;
    readonly stored: string;
  }[];
}

/** Leases of one coordinator under which an owner key was held, and those of them that ended before their time. */
export interface LeaseTotals {
  /** The region of the coordinator, where each has its own. */
  readonly coordinator?: string;
  readonly held: number;
  /** By the coordinator's own doing, as far as was seen: kept alive, and revoked by nobody. */
  readonly endedEarly: number;
  /** A node may have asked for it: by whom is not known. */
  readonly unclear: number;
  /** The coordinator was put back to an earlier state. */
  readonly forgotten: number;
  /** A disturbance asked for it. */
  readonly revoked: number;
}

/** Who asked for IDs, and how what clients received was compared with what was minted. */
export interface LoadRecord {
  /** `built-in` or `k6`. */
  readonly client: string;
  /** `k6 1.8.1`; absent for the built-in client. */
  readonly version?: string;
  /** Answers whose IDs were compared with those that were minted, and answers with IDs in all. */
  readonly compared: number;
  readonly answered: number;
  /** What sample was compared, in words; absent: all of them. */
  readonly sample?: string;
  /** Of all answers with IDs; absent: there was none. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** Curves for the report, one point a bucket, aligned at the run's origin. */
export interface Series {
  readonly bucketMs: number;
  /** IDs minted in each bucket, by node. */
  readonly idsByNode: readonly { readonly node: string; readonly values: readonly number[] }[];
  /** Observed clock offset in ms: [run ns, ms or null when the node did not answer]. */
  readonly offsetsByNode: readonly {
    readonly node: string;
    readonly points: readonly (readonly [RunNs, number | null])[];
  }[];
  /** Requests of all clients by the second in which they were due; absent where they are not known. */
  readonly requests?: readonly RequestPoint[];
}

/** Requests that were due within one second. Latencies are those of answers with IDs; null: there was none. */
export interface RequestPoint {
  readonly at: RunNs;
  readonly sent: number;
  readonly ok: number;
  readonly refused: number;
  readonly errors: number;
  readonly noAnswer: number;
  readonly dropped: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export interface Measured {
  readonly runId: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Seconds the harness spent on each phase of its own clock. */
  readonly seconds: { readonly [what: string]: number };
  readonly versions: { readonly [name: string]: string };
  readonly host: { readonly [name: string]: string };
  /** Folders of the attempts before this one, all of them unknown, beside its own. Absent where there was none. */
  readonly earlierAttempts?: readonly string[];
  /** What the evidence takes in the store, by table. Absent where nothing was stored, or the store could not tell. */
  readonly stored?: readonly StoredBytes[];
}

/** Bytes of one run in one table of the store: decimal strings, for they may exceed 2^53. */
export interface StoredBytes {
  readonly table: string;
  readonly rows: string;
  /** As compressed, before the store merges its parts further. */
  readonly onDisk: string;
  readonly uncompressed: string;
}
