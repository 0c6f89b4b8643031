/** What a life of a simulated node says of itself, as the shell does over the control path. */
import type { NodeHealth } from '../../core/cluster.ts';
import type { RunNs } from '../../core/time.ts';
import type { LeaseLog } from './lease-log.ts';
import type { Life } from './life.ts';

/** `now`: by the node's own time, at which its wall clock shows `wallMs`; it is asked and answers at `at`. */
export function healthOf(
  { lane, incarnation }: Life,
  { leases, now, wallMs, at }: { readonly leases: LeaseLog; now: RunNs; wallMs: number; at: RunNs },
): NodeHealth {
  const holding = lane?.holding();
  const lease = holding?.lease;
  const reason = lane === undefined ? 'starting' : lane.refused;
  const leaseSpent = lease === undefined ? undefined : leases.spent(lease.id, now);
  return {
    status: holding === undefined ? 'waiting' : lane?.refused === undefined ? 'minting' : 'refusing',
    ...(reason !== undefined && { reason }),
    incarnation,
    ...(holding?.workerId !== undefined && { workerId: holding.workerId }),
    ...(lease !== undefined && { lease: lease.id, createRevision: lease.createRevision }),
    ...(leaseSpent !== undefined && { leaseSpent }),
    wallMs,
    at,
    notBefore: at,
    minted: [String(lane?.seq ?? 0)],
  };
}
