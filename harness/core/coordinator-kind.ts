/**
 * The kinds of coordinator that a cluster can have. A scenario names the one of its cluster, a generator the one that it
 * needs; drivers know how to launch each. A cluster may have none, and a generator may need none.
 */

/** `prefix`: members are called by it, as etcd1, etcd2, …; `membersMax`: the most that there can be. */
export const COORDINATOR_KINDS = {
  /** Worker IDs and leases. */
  etcd: { prefix: 'etcd', membersMax: 7 },
  /** Ranges of numbers. One server: whatever follows it is no part of the question. */
  postgres: { prefix: 'pg', membersMax: 1 },
} as const;

export type CoordinatorKind = keyof typeof COORDINATOR_KINDS;

/** `none`: a cluster that has no coordinator, a generator that needs nothing of one. */
export type CoordinatorOrNone = CoordinatorKind | 'none';

export const COORDINATOR_NAMES = Object.keys(COORDINATOR_KINDS) as [CoordinatorKind, ...CoordinatorKind[]];

export const COORDINATOR_NAMES_OR_NONE: readonly [...typeof COORDINATOR_NAMES, 'none'] = [...COORDINATOR_NAMES, 'none'];

/** What is meant where none is named. */
export const DEFAULT_COORDINATOR: CoordinatorKind = 'etcd';

/** What of a cluster says which kind of coordinator it has. */
export interface OfKind {
  readonly coordinator?: CoordinatorKind;
  readonly coordinatorMembers: number;
}

/** The kind of a cluster's coordinator, or of each of its coordinators. One without members is none. */
export function coordinatorKindOf({
  coordinator = DEFAULT_COORDINATOR,
  coordinatorMembers,
}: OfKind): CoordinatorOrNone {
  return coordinatorMembers === 0 ? 'none' : coordinator;
}

/** To follow "has", "with". */
export function coordinatorWords(kind: CoordinatorOrNone): string {
  return kind === 'none' ? 'no coordinator' : kind;
}
