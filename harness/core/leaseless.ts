/**
 * The part of a coordinator that hands out no worker IDs which speaks of leases and owner keys: there are none to tell
 * of, and what would change them is refused.
 */
import type { CoordinatorCluster } from './cluster.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('this coordinator has no keys and leases'));

export const LEASELESS = {
  watchOwners: () => undefined,
  owners: () => Promise.resolve([]),
  revision: refuse,
  revoke: refuse,
  wipe: refuse,
  snapshot: refuse,
  restore: refuse,
} as const satisfies Partial<CoordinatorCluster>;
