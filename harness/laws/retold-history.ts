/** Histories told otherwise than by their own nodes: the same acts, under other names. */
import type { History } from '../core/history.ts';
import type { Rng } from '../core/random.ts';

/** Owner keys that were put under another lease and back: each batch may name either. */
export function withMovedKeys(history: History, rng: Rng): History {
  const { batches } = history;
  const lease = batches.lease.map((id, i) => (batches.createRevision[i] !== 0n && rng.chance(0.3) ? id + 1000n : id));
  return { ...history, batches: { ...batches, lease } };
}
