/**
 * The coordinator of a cluster that has none: it has no members, there is nothing to watch and nothing to put right. What
 * only a real one can answer is rejected.
 */
import type { CoordinatorCluster } from './cluster.ts';
import { leaseless } from './leaseless.ts';

const WHY = 'the cluster has no coordinator';

export const NO_COORDINATOR: CoordinatorCluster = {
  ...leaseless(WHY),
  name: 'none',
  version: 'none',
  members: [],
  // As it is healed, a disk that nobody slows is as quick as it can be.
  slowDisks: (byMs) => (byMs === 0 ? Promise.resolve() : Promise.reject(new Error(WHY))),
  writeMs: () => Promise.reject(new Error(WHY)),
};

/** For the record of a run: its version, and nothing where there is none. */
export function recordedVersion({ members, version }: CoordinatorCluster): { readonly coordinator?: string } {
  return members.length === 0 ? {} : { coordinator: version };
}
