/**
 * Why two nodes minted under one worker ID at once, or one after its lease: which of the two should have minted no more,
 * and what kept it from knowing.
 */
import type { Cause } from '../../core/cause.ts';
import type { Tenure } from '../../core/tenure.ts';
import type { Witness } from '../../core/finding.ts';
import type { DisturbanceRecord } from '../../core/run.ts';
import { msToNs, type RunNs } from '../../core/time.ts';
import { elderFirst, endedEarlyAt, endOf, type EvidenceView, inForce } from '../explain-evidence.ts';

/** How a holder came to mint beside another. */
export interface Door {
  readonly cause: Cause;
  /** The one that should have minted no more. */
  readonly intruder: Tenure;
  readonly successor: Tenure;
  /** When the intruder's lease ended, or else when the successor began. */
  readonly at: RunNs;
  /** What opened it, where something at hand did. */
  readonly disturbance?: DisturbanceRecord;
}

/** Two that began within so long of one another took the worker ID at once: neither saw the other there. */
const AT_ONCE_MS = 2000;

/** The harness may learn of the end of an owner key after the successor has begun: so much later. */
const LEARNED_MS = 2000;

/** The two tenures of the witness, or the one that outlived its lease. */
export function causeOfHolding({ tenures = [], at }: Witness, view: EvidenceView): Door | Cause {
  const [first, second] = tenures;
  if (first === undefined) return 'not explained';
  if (second !== undefined) return doorBetween(first, second, view);
  // Before its word was over, and yet after its lease: then it was the coordinator that did not keep its word.
  const lease = view.leaseOf(first);
  const isEarly = lease !== undefined && endedEarlyAt(lease) !== undefined && at < endOf(lease)!;
  return isEarly ? 'two holders: coordinator ended the lease early' : 'minted after its lease';
}

/**
 * Which of two holders of one worker ID should have minted no more, and what kept it from knowing. The disturbance is
 * sought where the lease could not be kept alive any more: from its last accepted keep-alive to its end.
 */
export function doorBetween(a: Tenure, b: Tenure, view: EvidenceView): Door {
  const [elder, younger] = elderFirst(a, b);
  const outlived = (tenure: Tenure): boolean => {
    const lease = view.leaseOf(tenure);
    const end = lease && endOf(lease);
    return end !== undefined && end < Math.max(tenure.to, tenure.from);
  };
  const [intruder, successor] = outlived(elder) || !outlived(younger) ? [elder, younger] : [younger, elder];
  const lease = view.leaseOf(intruder);
  const at = (lease && endOf(lease)) ?? successor.from;
  const from = lease?.lastSentNs ?? at - msToNs(LOOK_BACK_MS);
  /** From when on what is over again left no time to keep the lease alive. */
  const late = lease === undefined ? from : Math.max(from, at - msToNs(LATE_SHARE * lease.ttlMs));
  const sides = { intruder, successor, at };
  // Nobody's lease ran out: what was disturbed meanwhile has nothing to do with it.
  if (elder.lease === '0' && younger.lease === '0') return { cause: 'two holders: no lease', ...sides };
  if (elder.lease === '0' || younger.lease === '0') return { cause: 'two holders: static beside leased', ...sides };
  // Each rests on the word of another: none of the two broke it, and none could have told.
  if (elder.coordinator !== younger.coordinator) return { cause: 'two holders: by two coordinators', ...sides };
  // What came to its end when the other one minted already did not let it in.
  const early = lease && endedEarlyAt(lease);
  if (lease !== undefined && early !== undefined && early <= successor.from + msToNs(LEARNED_MS)) {
    const knewIt = at < lease.lastSentNs + msToNs(lease.ttlMs) && at < intruder.to;
    return { cause: knewIt ? 'minted after its lease' : 'two holders: coordinator ended the lease early', ...sides };
  }
  // It lived no more by the doing of its own holder: nobody took it away.
  if (gaveUpBefore(intruder, successor, view)) return { cause: 'minted after its lease', ...sides };
  if (livedWhenTaken(elder, younger, view)) {
    const atOnce = younger.from - elder.from <= msToNs(AT_ONCE_MS);
    return {
      cause: atOnce ? 'two holders: both took it at once' : 'two holders: taken from a living holder',
      ...sides,
    };
  }
  const doors = view.disturbances
    .filter((disturbance) => inForce(disturbance, from, at))
    .map((disturbance) => ({ disturbance, kind: kindOf(disturbance, intruder, view, { from, late, at }) }))
    .filter(({ kind }) => kind !== undefined)
    .sort((x, y) => plausibility(y.disturbance, intruder, at) - plausibility(x.disturbance, intruder, at));
  const [best] = doors;
  if (best?.kind !== undefined) return { cause: best.kind, disturbance: best.disturbance, ...sides };
  // The end of a pause may be known from the process alone.
  if (view.pausedWithin(intruder.node, late, at)) return { cause: 'two holders: paused past its lease', ...sides };
  return { cause: 'two holders: unexplained', ...sides };
}

function gaveUpBefore(intruder: Tenure, successor: Tenure, view: EvidenceView): boolean {
  const lease = view.leaseOf(intruder);
  return lease?.givenUpByHolder === true && lease.givenUpNs! <= successor.from;
}

/** Whether the coordinator's word to the elder was good when the younger began, so that no waiting made room for it. */
function livedWhenTaken(elder: Tenure, younger: Tenure, view: EvidenceView): boolean {
  const lease = view.leaseOf(elder);
  return lease !== undefined && lease.lastSentNs + msToNs(lease.ttlMs) > younger.from;
}

/** Where no lease is known: how far before the successor's first ID a disturbance may have begun to matter. */
const LOOK_BACK_MS = 15_000;

/**
 * A holder that stood still only before the last half of its lease had time to keep it alive: etcd's own clients do so
 * every third of it.
 */
const LATE_SHARE = 0.5;

/** A client waits longer than this share of its lease for an answer, or than so long: a shorter delay keeps it from nothing. */
const DELAY_SHARE = 0.1;
const DELAY_MS = 100;

/** When a lease could not be kept alive any more: from its last accepted keep-alive to its end. */
interface Unkept {
  readonly from: RunNs;
  readonly late: RunNs;
  readonly at: RunNs;
}

/** What a disturbance did to the holder's lease, if it could do anything. */
function kindOf(
  disturbance: DisturbanceRecord,
  holder: Tenure,
  view: EvidenceView,
  { from, late, at }: Unkept,
): Cause | undefined {
  const { disturbs, reach, injected = from, healed = at } = disturbance;
  const { node } = holder;
  if (!reach.includes(node)) return undefined;
  if (
    disturbs.includes('process') &&
    aimsAt(disturbance, node) &&
    view.pausedWithin(node, Math.max(late, injected), Math.min(at, healed))
  )
    return 'two holders: paused past its lease';
  if (disturbs.includes('link') && mayKeepFromCoordinator(disturbance, holder, view))
    return 'two holders: cut from the coordinator';
  return disturbs.includes('coordinator') ? 'two holders: coordinator outage' : undefined;
}

/** Of one that does not tell which links it disturbs, and how badly, it may. */
function mayKeepFromCoordinator(
  { keepsFromCoordinator, delaysMs = Infinity }: DisturbanceRecord,
  holder: Tenure,
  view: EvidenceView,
): boolean {
  const { ttlMs = 0 } = view.leaseOf(holder) ?? {};
  return keepsFromCoordinator?.includes(holder.node) !== false && delaysMs > Math.min(DELAY_SHARE * ttlMs, DELAY_MS);
}

/** On the holder itself before on the coordinator, covering the end of the lease before ending earlier, late before early. */
function plausibility(disturbance: DisturbanceRecord, { node }: Tenure, at: RunNs): number {
  const { injected = 0 } = disturbance;
  return (
    (inForce(disturbance, at, at) ? 4 : 0) + (aimsAt(disturbance, node) ? 2 : 0) + injected / Number.MAX_SAFE_INTEGER
  );
}

function aimsAt({ options }: DisturbanceRecord, node: string): boolean {
  return Object.values(options).flat().includes(node);
}
