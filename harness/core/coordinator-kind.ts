/**
 * The kinds of coordinator that a cluster can have. A scenario names the one of its cluster, a generator the one that it
 * needs; drivers know how to launch each.
 */

/** `prefix`: members are called by it, as etcd1, etcd2, …; `membersMax`: the most that there can be. */
export const COORDINATOR_KINDS = {
  /** Worker IDs and leases. */
  etcd: { prefix: 'etcd', membersMax: 7 },
  /** Ranges of numbers. One server: whatever follows it is no part of the question. */
  postgres: { prefix: 'pg', membersMax: 1 },
} as const;

export type CoordinatorKind = keyof typeof COORDINATOR_KINDS;

export const COORDINATOR_NAMES = Object.keys(COORDINATOR_KINDS) as [CoordinatorKind, ...CoordinatorKind[]];

/** What is meant where none is named. */
export const DEFAULT_COORDINATOR: CoordinatorKind = 'etcd';
