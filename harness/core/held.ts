/**
 * What a batch is recorded as minted under: worker ID and lease that its node held. Pure; the shell and the simulator share
 * it.
 */
import type { Holding } from './generator.ts';
import { holdingProblem } from './holding-problem.ts';
import { GeneratorFault } from './minter-problem.ts';
import { isWorkerId } from './worker-id.ts';

/** A worker ID that is none: the node held none. */
export const HELD_NONE = -1;
/** A worker ID that is none: the node held another tenure when the call ended than when it began. */
export const HELD_TWO = -2;

/** A holding at one moment, which its generator cannot change afterwards. */
export interface Held {
  readonly workerId: number;
  /** '0': none. */
  readonly lease: string;
  readonly createRevision: string;
  /** As in `HeldLease`. */
  readonly fenceNs: bigint;
  readonly limitMs: number;
}

const NOTHING: Held = { workerId: HELD_NONE, lease: '0', createRevision: '0', fenceNs: 0n, limitMs: 0 };
const TWO: Held = { ...NOTHING, workerId: HELD_TWO };

/** Throws a `GeneratorFault` where the worker ID or the lease is none: recorded, it would be another one. */
export function heldOf(holding: Holding | undefined): Held {
  if (holding === undefined) return NOTHING;
  // Not for each field in each call: what is looked at here costs next to nothing.
  if (!isWorkerId(holding?.workerId) || !mayBeLease(holding.lease)) assertHolding(holding);
  const { workerId = HELD_NONE, lease } = holding;
  if (lease === undefined) return { ...NOTHING, workerId };
  const { id, createRevision, fenceNs, limitMs } = lease;
  return { workerId, lease: id, createRevision, fenceNs, limitMs };
}

/**
 * What the IDs of a call were minted under: what was held when it began. A call that began under nothing may have waited
 * for a worker ID: then its IDs carry what it found. Where it began under one tenure and ended under another, either may
 * have been asked, and nobody knows which.
 */
export function heldInCall(before: Held, after: Held): Held {
  if (before.workerId < 0) return after;
  return after.workerId < 0 || isSameTenure(before, after) ? before : TWO;
}

/** Throws a `GeneratorFault` where anything in it cannot be recorded. */
export function assertHolding(holding: Holding | undefined): void {
  const problem = holdingProblem(holding);
  if (problem !== undefined) throw new GeneratorFault(problem);
}

function mayBeLease(lease: Holding['lease']): boolean {
  return (
    lease === undefined ||
    (typeof lease?.id === 'string' &&
      typeof lease.createRevision === 'string' &&
      typeof lease.fenceNs === 'bigint' &&
      Number.isInteger(lease.limitMs))
  );
}

/** An owner key may have been put under another lease. */
function isSameTenure(one: Held, other: Held): boolean {
  if (one.workerId !== other.workerId || one.createRevision !== other.createRevision) return false;
  return one.createRevision !== '0' || one.lease === other.lease;
}
