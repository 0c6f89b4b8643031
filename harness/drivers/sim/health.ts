/** What a life of a simulated node says of itself, as the shell does over the control path. */
import type { NodeHealth } from '../../core/cluster.ts';
import { assertHolding } from '../../core/held.ts';
import type { RunNs } from '../../core/time.ts';
import type { LeaseLog } from './lease-log.ts';
import type { Life } from './life.ts';

/** `now`: by the node's own time, at which its wall clock shows `wallMs`; it is asked and answers at `at`. */
interface Facts {
  readonly leases: LeaseLog;
  readonly now: RunNs;
  readonly wallMs: number;
  readonly at: RunNs;
}

/** Rejects where the generator's `holding` throws, or returns what cannot be recorded, of which `crash` is told first: nobody in the process handles it. */
export async function healthOf(life: Life, facts: Facts, crash: (error: unknown) => void): Promise<NodeHealth> {
  try {
    return health(life, facts);
  } catch (error) {
    crash(error);
    throw error;
  }
}

function health({ lanes, incarnation }: Life, { leases, now, wallMs, at }: Facts): NodeHealth {
  const holding = lanes[0]?.holding();
  assertHolding(holding);
  const lease = holding?.lease;
  const refused = lanes.find((lane) => lane.refused !== undefined)?.refused;
  const reason = lanes.length === 0 ? 'starting' : refused;
  const leaseSpent = lease === undefined ? undefined : leases.spent(lease.id, now);
  return {
    status: holding === undefined ? 'waiting' : refused === undefined ? 'minting' : 'refusing',
    ...(reason !== undefined && { reason }),
    incarnation,
    ...(holding?.workerId !== undefined && { workerId: holding.workerId }),
    ...(lease !== undefined && { lease: lease.id, createRevision: lease.createRevision }),
    ...(leaseSpent !== undefined && { leaseSpent }),
    wallMs,
    at,
    notBefore: at,
    minted: lanes.length === 0 ? ['0'] : lanes.map(({ seq }) => String(seq)),
  };
}
