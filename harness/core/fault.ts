/**
 * A fault: something that goes wrong on purpose, proves from outside that it did, and can be put right.
 */
import type { z } from './schema.ts';
import type { Ability, Cluster, Zones } from './cluster.ts';
import type { CoordinatorKind } from './coordinator-kind.ts';
import type { RegionalShape } from './coordinators.ts';
import type { Disturbed, Evidence } from './disturbance.ts';
import type { Json, JsonObject } from './json.ts';

export interface Fault<Options extends JsonObject = JsonObject> {
  /** Equal to the file's name. */
  readonly name: string;
  readonly summary: string;
  readonly needs: readonly Ability[];
  /**
   * The kinds of coordinator that it can be done with; left out: any, and none. A name that begins with `etcd-` does not
   * tell.
   */
  readonly coordinators?: readonly CoordinatorKind[];
  /**
   * `clock`: the wall clock of a node; `process`: the process of a node; `link`: the network between members;
   * `coordinator`: the processes or the data of the coordinator. Several where it is so; none: it disturbs nothing.
   */
  readonly disturbs: readonly Disturbed[];
  /** Validates options; unknown fields are errors. Field descriptions carry units. */
  readonly options: z.ZodType<Options>;
  /** Options with which the laws try the fault. */
  readonly example: Options;
  /** What it holds while it lasts, such as `clock of n1`: two disturbances may not hold one thing at once. */
  touches(options: Options, cluster: ClusterShape): readonly string[];
  /** Why it cannot be done to such a cluster for so long, as a sentence; undefined: it can. Left out: to any. */
  refuses?(options: Options, cluster: ClusterShape, plannedMs: number): string | undefined;
  /** Until when after its injection it has to be seen in force, in milliseconds; a second unless it says more. */
  seenWithinMs?(options: Options): number;
  /**
   * By how much at the most an answer comes later over its links, in milliseconds. Left out: an answer may not come, or not
   * within any time.
   */
  delaysMs?(options: Options): number;
  /** The nodes that may refuse because of it. */
  reach(options: Options, cluster: ClusterShape): readonly string[];
  /** Throws when there is nothing to do it to: a process that is gone already cannot be killed. */
  inject(cluster: Cluster, options: Options, context: FaultContext): Promise<void>;
  /** Measures whether the fault is in force now, by another path than the one that injected it. */
  observe(cluster: Cluster, options: Options, context: FaultContext): Promise<Evidence>;
  /** Puts it right. Idempotent, and safe before `inject`. */
  heal(cluster: Cluster, options: Options, context: FaultContext): Promise<void>;
}

/** The names in a cluster: what can be checked before anything starts. */
export interface ClusterShape {
  readonly nodes: readonly string[];
  /** Of all coordinators. */
  readonly coordinatorMembers: readonly string[];
  /** Where each region has a coordinator of its own; left out: there is one for all. */
  readonly coordinators?: readonly RegionalShape[];
  readonly zones?: Zones;
}

/** The shape of a cluster that lives. */
export function shapeOfCluster({ nodes, coordinator, regional, zones }: Cluster): ClusterShape {
  return {
    nodes: nodes.map(({ name }) => name),
    coordinatorMembers: coordinator.members.map(({ name }) => name),
    ...(regional !== undefined && { coordinators: regional.map(({ shape }) => shape) }),
    ...(zones !== undefined && { zones }),
  };
}

export interface FaultContext {
  /** Names this disturbance within the run. */
  readonly key: string;
  /** How long the disturbance is meant to last. */
  readonly plannedMs: number;
  /** What `inject` found and `observe` and `heal` need (which member was the leader); lives as long as the disturbance. */
  readonly notes: Map<string, Json>;
}
