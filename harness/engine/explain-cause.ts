/**
 * Gives a violation its cause, from evidence alone: batches and tenures, leases, observed clocks, what was done to
 * processes, what was disturbed. Names and declarations of generators are no evidence.
 */
import type { Cause } from '../core/cause.ts';
import type { Finding, Sighting, Tenure, Witness } from '../core/checker.ts';
import { decodeId } from '../core/layout.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { msToNs, NS_PER_MS, type RunNs } from '../core/time.ts';
import { elderFirst, endedEarly, endOf, type EvidenceView, inForce } from './explain-evidence.ts';

/** Wall clocks show whole milliseconds, and a call takes time: less than this is no step. */
const STEP_MS = 5;

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

export interface Explained {
  readonly cause: Cause;
  readonly door?: Door;
}

const SENTINELS = new Set(['0', String(2n ** 64n - 1n)]);

export function causeOf(guarantee: Finding['guarantee'], witness: Witness, view: EvidenceView): Explained {
  switch (guarantee) {
    case 'fails-closed':
      return { cause: 'error passed as an ID' };
    case 'recovers':
      return { cause: 'silent after the heal' };
    case 'time-honest':
      return { cause: 'embedded time is not the clock of the call' };
    case 'well-formed':
      return { cause: SENTINELS.has(witness.sightings[0]?.id ?? '') ? 'error passed as an ID' : 'wrong field' };
    case 'owns-worker-id':
      return causeOfHolding(witness, view);
    case 'unique':
    case 'increasing-per-node':
    case 'increasing-across-lives':
      return causeOfOrder(witness, view);
  }
}

function causeOfHolding({ tenures = [], outsideAssumptions }: Witness, view: EvidenceView): Explained {
  const [first, second] = tenures;
  if (first === undefined) return { cause: 'not explained' };
  if (second !== undefined) return byDoor(doorBetween(first, second, view));
  return {
    cause: outsideAssumptions === true ? 'two holders: coordinator ended the lease early' : 'minted after its lease',
  };
}

/** One ID twice, or two in the wrong order. */
function causeOfOrder({ sightings }: Witness, view: EvidenceView): Explained {
  const [a, b] = sightings;
  if (a?.id === undefined || b?.id === undefined) return { cause: 'not explained' };
  if (SENTINELS.has(a.id) || SENTINELS.has(b.id)) return { cause: 'error passed as an ID' };
  if (a.node === b.node && a.incarnation === b.incarnation) return { cause: causeWithinLife(a, b, view) };
  const workers = [a, b].map(({ id }) => decodeId(view.layout, BigInt(id!)).workerId);
  if (workers[0] !== a.workerId || workers[1] !== b.workerId) return { cause: 'wrong field' };
  if (a.workerId === b.workerId) {
    const [first, second] = [view.tenureOf(a), view.tenureOf(b)];
    if (first !== undefined && second !== undefined && mintedBeside(a, b, first, second, view))
      return byDoor(doorBetween(first, second, view));
  }
  if (a.node === b.node)
    return { cause: lostMs(a, b) > STEP_MS ? 'clock stepped back across a restart' : 'not explained' };
  return { cause: a.workerId === b.workerId ? 'successor behind the earlier holder' : 'not explained' };
}

function byDoor(door: Door): Explained {
  return { cause: door.cause, door };
}

/** `a` was minted before `b`, by one life. */
function causeWithinLife(a: Sighting, b: Sighting, view: EvidenceView): Cause {
  const [early, late] = [a, b].map(({ id }) => decodeId(view.layout, BigInt(id!)));
  if (early!.workerId !== late!.workerId) return 'wrong field';
  // The clock read more in between than it shows now: an observer, or the node itself, saw it.
  const seen = view.greatestWallMs(a.node, a.called, b.called) ?? -Infinity;
  const wentBack =
    b.wallCalledMs < a.wallReturnedMs ||
    b.wallReturnedMs < b.wallCalledMs ||
    (lostMs(a, b) > STEP_MS && seen > b.wallReturnedMs + STEP_MS);
  if (wentBack) return 'clock stepped back in process';
  if (early!.tick === late!.tick) return 'sequence reset within a tick';
  return 'embedded time is not the clock of the call';
}

/** How much less the wall clock advanced than true time did from one call to the other. */
function lostMs(a: Sighting, b: Sighting): number {
  return (b.called - a.called) / NS_PER_MS - (b.wallCalledMs - a.wallCalledMs);
}

/**
 * Whether the elder minted its ID, or was still in that call, when the younger had begun. An ID from before that time
 * would have been minted again however soon the elder had stopped.
 */
function mintedBeside(a: Sighting, b: Sighting, first: Tenure, second: Tenure, view: EvidenceView): boolean {
  const [elder, younger] = elderFirst(first, second);
  const ofElder = view.tenureOf(a) === elder ? a : b;
  return younger.from <= ofElder.returned;
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
  const sides = { intruder, successor, at };
  // Nobody's lease ran out: what was disturbed meanwhile has nothing to do with it.
  if (elder.lease === '0' && younger.lease === '0') return { cause: 'two holders: no lease', ...sides };
  if (lease !== undefined && endedEarly(lease))
    return { cause: 'two holders: coordinator ended the lease early', ...sides };
  const doors = view.disturbances
    .filter((disturbance) => inForce(disturbance, from, at))
    .map((disturbance) => ({ disturbance, kind: kindOf(disturbance, intruder, view, from, at) }))
    .filter(({ kind }) => kind !== undefined)
    .sort((x, y) => plausibility(y.disturbance, intruder, at) - plausibility(x.disturbance, intruder, at));
  const [best] = doors;
  if (best?.kind !== undefined) return { cause: best.kind, disturbance: best.disturbance, ...sides };
  // The end of a pause may be known from the process alone.
  if (view.pausedWithin(intruder.node, from, at)) return { cause: 'two holders: paused past its lease', ...sides };
  return { cause: 'two holders: unexplained', ...sides };
}

/** Where no lease is known: how far before the successor's first ID a disturbance may have begun to matter. */
const LOOK_BACK_MS = 15_000;

/** What a disturbance did to the holder's lease, if it could do anything. */
function kindOf(
  disturbance: DisturbanceRecord,
  { node }: Tenure,
  view: EvidenceView,
  from: RunNs,
  to: RunNs,
): Cause | undefined {
  const { disturbs, reach, injected = from, healed = to } = disturbance;
  if (!reach.includes(node)) return undefined;
  if (
    disturbs.includes('process') &&
    aimsAt(disturbance, node) &&
    view.pausedWithin(node, Math.max(from, injected), Math.min(to, healed))
  )
    return 'two holders: paused past its lease';
  if (disturbs.includes('link')) return 'two holders: cut from the coordinator';
  return disturbs.includes('coordinator') ? 'two holders: coordinator outage' : undefined;
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
