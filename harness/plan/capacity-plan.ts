/** A capacity plan as data: what `snowglobe plan` writes as JSON, and its pages are made of. */
import type { Layout } from '../core/layout.ts';
import type { Run } from '../core/run.ts';
import type { MeasuredRate } from './measured-rate.ts';
import type { PlanInput, Prices } from './plan-input.ts';
import type { Region, Regions } from './regions.ts';
import type { TimeEnd } from './time-end.ts';
import type { Reserve } from './worker-ids.ts';

export const PLAN_VERSION = 1;

export interface CapacityPlan {
  readonly version: typeof PLAN_VERSION;
  readonly name: string;
  readonly begins: string;
  readonly generator: Pick<Run['generator'], 'name' | 'file'> & { readonly layout: Layout };
  readonly input: PlanInput;
  readonly rate: PlannedRate;
  /** Worker IDs that the layout tells apart; absent where IDs carry none. */
  readonly workerIds?: number;
  /** Absent where IDs carry no time. */
  readonly timeEnd?: TimeEnd;
  /** One that takes all, where the plan has none. */
  readonly regions: readonly Region[];
  readonly ranges: Regions['ranges'] | 'none';
  readonly years: readonly YearPlan[];
  readonly prices?: Prices;
  /** As YAML, one a region; none where the plan asks for none. */
  readonly manifests: readonly Manifest[];
}

/** What a node is planned with. */
export interface PlannedRate {
  /** The highest rate that a run proves for each of its nodes, IDs a second. */
  readonly idsPerSecond: number;
  /** The run that proves it. */
  readonly runId: string;
  /** Its nodes minted all that they were asked for: what they could mint is not known. */
  readonly atLeast: boolean;
  readonly targetShare: number;
  /** The share of it that a node is planned with, or what the sequence bits leave of that. */
  readonly perNode: number;
  /** What the sequence bits let one worker ID mint in a second; absent where IDs carry no sequence. */
  readonly sequenceAllows?: number;
  readonly runs: readonly MeasuredRate[];
}

export interface YearPlan {
  readonly year: number;
  readonly idsPerSecond: number;
  readonly peakIdsPerSecond: number;
  /** In all regions. */
  readonly nodes: number;
  /** As the growth table has it. */
  readonly plannedNodes?: number;
  readonly regions: readonly RegionYear[];
  /** Absent where IDs carry no sequence. */
  readonly sequence?: SequenceUse;
  readonly evidence: EvidenceYear;
  /** One for each price of a node; absent without prices. */
  readonly cost?: readonly Cost[];
}

export interface RegionYear {
  readonly region: string;
  readonly nodes: number;
  /** Absent where IDs carry no worker ID. */
  readonly workerIds?: WorkerIdUse;
}

export interface WorkerIdUse {
  readonly available: number;
  readonly reserve: Reserve;
  /** Of the nodes and the reserve. */
  readonly needed: number;
  readonly fits: boolean;
}

export interface SequenceUse {
  /** Of the sequence numbers of a tick, in the mean of the busiest second, on the busiest node. */
  readonly share: number;
  readonly level: 'fine' | 'warn' | 'critical';
}

/** Bytes and counts are decimal strings; bytes are those of all replicas. */
export interface EvidenceYear {
  readonly idsPerDay: string;
  readonly idsPerYear: string;
  /** By the bytes an ID that the store of a run was measured to take; absent where no run tells. */
  readonly measured?: StorageUse;
  /** By claim F10, as compressed. */
  readonly claimed: StorageUse & { readonly rawPerDay: string };
}

export interface StorageUse {
  readonly perDay: string;
  readonly perYear: string;
  /** At the end of the year, all of it minted at the year's rate: an upper bound. */
  readonly kept: string;
}

/** A month's. */
export interface Cost {
  readonly name: string;
  readonly nodes: number;
  /** By measured bytes, or where there are none by claim F10. */
  readonly storage: number;
  readonly total: number;
}

export interface Manifest {
  readonly file: string;
  readonly region?: string;
  readonly maxReplicas: number;
  readonly yaml: string;
}
