/**
 * Why one ID was minted twice, or two in the wrong order.
 */
import type { Cause } from '../../core/cause.ts';
import type { Sighting, Witness } from '../../core/finding.ts';
import type { Layout } from '../../core/layout.ts';
import type { Tenure } from '../../core/tenure.ts';
import { decodeId, isOpaque } from '../../core/layout.ts';
import { elderFirst, type EvidenceView } from '../explain-evidence.ts';
import { causeOfField } from './fields.ts';
import { type Door, doorBetween } from './holding.ts';
import { causeOfRange, isCounter } from './ranges.ts';
import { isSentinel } from './sentinels.ts';
import { causeOfTime, lostMs } from './time.ts';

/** Wall clocks show whole milliseconds, and a call takes time: less than this is no step. */
const STEP_MS = 5;
/** What a double-precision number holds of an integer. */
const NUMBER_BITS = 53;

export function causeOfOrder({ sightings }: Witness, view: EvidenceView): Door | Cause {
  const [a, b] = sightings;
  if (a?.id === undefined || b?.id === undefined) return 'not explained';
  if (isSentinel(a.id) || isSentinel(b.id)) return 'error passed as an ID';
  if (wasRounded(a, b)) return 'digits lost in a 53-bit number';
  const field = causeOfField(a, view) ?? causeOfField(b, view);
  if (field !== undefined) return field;
  if (isCounter(view.layout)) return causeOfRange(a, b);
  if (isRandom(view.layout)) return a.id === b.id ? 'the same random bits drawn twice' : 'not explained';
  if (a.node === b.node && a.incarnation === b.incarnation) return causeWithinLife(a, b, view);
  if (a.workerId === b.workerId) {
    const [first, second] = [view.tenureOf(a), view.tenureOf(b)];
    if (first !== undefined && second !== undefined) {
      const areApart = first.coordinator !== second.coordinator;
      if (areApart || mintedBeside(a, b, first, second, view)) return doorBetween(first, second, view);
    }
  }
  // One of them does not tell its time, so that the order of the two tells nothing of clocks.
  const time = causeOfTime(a, view) ?? causeOfTime(b, view);
  if (time !== undefined) return time;
  if (a.node === b.node) return lostMs(a, b) > STEP_MS ? 'clock stepped back across a restart' : 'not explained';
  if (isOpaque(view.layout)) return 'not explained';
  if (view.layout.workerBits === 0) return a.id === b.id ? 'the same random bits drawn twice' : 'not explained';
  if (view.isUntold(a) && view.isUntold(b)) return causeOfCarried(a, b, view);
  return a.workerId === b.workerId ? 'successor behind the earlier holder' : 'not explained';
}

/** Of two nodes that do not say what they hold: only their IDs tell. */
function causeOfCarried(a: Sighting, b: Sighting, view: EvidenceView): Cause {
  const [ofA, ofB] = [a, b].map(({ id }) => decodeId(view.layout, BigInt(id!)).workerId);
  if (ofA !== ofB) return 'not explained';
  // From their first ID to their last: neither took over from the other.
  const isLasting = [a, b].every(({ node }) => view.carriedBy(node) === ofA);
  return isLasting && view.nothingIsLeased ? 'two holders: no lease' : 'two holders: unexplained';
}

/** IDs of known form that carry neither a time nor a worker ID nor a number, such as UUIDs of version 4. */
function isRandom(layout: Layout): boolean {
  const { timeBits, workerBits, sequenceBits } = layout;
  return timeBits + workerBits + sequenceBits === 0 && !isOpaque(layout);
}

/** `a` was minted before `b`, by one life. */
function causeWithinLife(a: Sighting, b: Sighting, view: EvidenceView): Cause {
  // Of the fields that others are told by there is none.
  if (isOpaque(view.layout)) return wentBack(a, b, view) ? 'clock stepped back in process' : 'not explained';
  const [early, late] = [a, b].map(({ id }) => decodeId(view.layout, BigInt(id!)));
  const isSameTick = early!.tick === late!.tick;
  // A tick that came again: what its numbers did is of no account.
  if (isSameTick && wentBack(a, b, view)) return 'clock stepped back in process';
  if (isSameTick && view.lanesAreThreads && a.lane !== b.lane) return 'threads raced for one sequence';
  // Whose time is not that of its call was minted in another tick than it says.
  const time = causeOfTime(a, view) ?? causeOfTime(b, view);
  if (time !== undefined) return time;
  // Between two of one number lies a whole field of numbers, all of one tick; or the last is followed by the first.
  const numbers = 2 ** view.layout.sequenceBits;
  const isWrapped = b.seq - a.seq >= numbers || (early!.sequence === BigInt(numbers - 1) && late!.sequence === 0n);
  if (isSameTick && a.lane === b.lane && isWrapped) return 'sequence wrapped within a tick';
  // Each tells the time of its clock, and the later one tells less.
  if (early!.tick > late!.tick) return 'clock stepped back in process';
  if (wentBack(a, b, view)) return 'clock stepped back in process';
  return isSameTick ? 'sequence reset within a tick' : 'not explained';
}

/** The clock read more before than it shows now: an observer, or the node itself, saw it. */
function wentBack(a: Sighting, b: Sighting, view: EvidenceView): boolean {
  if (!view.seesClocks) return false;
  const seen = view.greatestWallMs(a.node, a.called, b.called) ?? -Infinity;
  return (
    (b.called >= a.returned && b.wallCalledMs < a.wallReturnedMs) ||
    b.wallReturnedMs < b.wallCalledMs ||
    (lostMs(a, b) > STEP_MS && seen > b.wallReturnedMs + STEP_MS)
  );
}

/** Two IDs of one call are the same, and such as a double-precision number can hold, though most of their size are not. */
function wasRounded(a: Sighting, b: Sighting): boolean {
  if (a.id !== b.id || a.node !== b.node || a.lane !== b.lane || a.called !== b.called) return false;
  const spareBits = BigInt(a.id!).toString(2).length - NUMBER_BITS;
  const isNeighbour = b.seq - a.seq < 2 ** spareBits;
  return spareBits > 0 && isNeighbour && BigInt(a.id!) % (1n << BigInt(spareBits)) === 0n;
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
