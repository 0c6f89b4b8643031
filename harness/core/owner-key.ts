/**
 * The keys by which a coordinator says who holds a worker ID: `o/<worker ID>`, in decimal without leading zeros. Each
 * worker ID has exactly one. What else lies under the prefix (`o/007`, `o/x`) is no owner key: were it one, two keys would
 * speak of one worker ID, and the end of the one would be taken for that of the other.
 */
import type { OwnerKey } from './cluster.ts';
import { isWorkerId } from './worker-id.ts';

export const OWNER_PREFIX = 'o/';

export function ownerKey(workerId: number): string {
  return `${OWNER_PREFIX}${workerId}`;
}

/** Undefined: it is no owner key. */
export function workerIdOfKey(key: string): number | undefined {
  const workerId = Number(key.slice(OWNER_PREFIX.length));
  return isWorkerId(workerId) && key === ownerKey(workerId) ? workerId : undefined;
}

/** Who holds what, by the keys that lie under the prefix. */
export function ownersIn(
  keys: readonly (Omit<OwnerKey, 'workerId'> & { readonly key: string })[],
): readonly OwnerKey[] {
  return keys.flatMap(({ key, value, lease, createRevision }) => {
    const workerId = workerIdOfKey(key);
    return workerId === undefined ? [] : [{ workerId, value, lease, createRevision }];
  });
}
