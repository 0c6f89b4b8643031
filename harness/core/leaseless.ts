/**
 * The part of a coordinator that hands out no worker IDs which speaks of leases and owner keys: there are none to tell
 * of, and what would change them is refused.
 */
import type { CoordinatorCluster } from './cluster.ts';

type Leaseless = Pick<
  CoordinatorCluster,
  'watchOwners' | 'owners' | 'revision' | 'revoke' | 'wipe' | 'snapshot' | 'restore'
>;

/** `why`: what a refusal says, as a clause. */
export function leaseless(why: string): Leaseless {
  const refuse = (): Promise<never> => Promise.reject(new Error(why));
  return {
    watchOwners: () => undefined,
    owners: () => Promise.resolve([]),
    revision: refuse,
    revoke: refuse,
    wipe: refuse,
    snapshot: refuse,
    restore: refuse,
  };
}

export const LEASELESS = leaseless('this coordinator has no keys and leases');
