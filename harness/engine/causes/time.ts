/**
 * Why the time in an ID is not what its node's clock showed around the call. Told by where that time lies against the
 * clock of the call, against true time, and against all that was observed of the clock before.
 */
import type { Cause } from '../../core/cause.ts';
import type { Sighting } from '../../core/finding.ts';
import { apartMs } from '../../core/clock-window.ts';
import { decodeId } from '../../core/layout.ts';
import { NS_PER_MS, trueUnixMs } from '../../core/time.ts';
import type { EvidenceView } from '../explain-evidence.ts';
import { isSentinel } from './sentinels.ts';

/** Observed offsets are exact to a few milliseconds: the reading crosses a machine that has other things to do. */
const OFFSET_ERROR_MS = 10;
/** Far more than a run lasts, beside the spread of its clocks. */
const BEYOND_CLOCKS_MS = 3_600_000;

/** Undefined when the time in the ID is what the clock showed, or the node's clock was not seen. */
export function causeOfTime(sighting: Sighting, view: EvidenceView): Cause | undefined {
  if (sighting.id !== undefined && isSentinel(sighting.id)) return 'error passed as an ID';
  const side = sideOf(sighting, view);
  if (side === undefined) return undefined;
  const { embeddedMs, clockMs } = side;
  const isBeyond = Math.abs(embeddedMs - clockMs) > BEYOND_CLOCKS_MS + spread(view.allOffsets());
  // It was not the node's clock that was read: only that no clock is so far off can be told.
  if (!view.seesClocks) return isBeyond ? 'another epoch, unit or width than declared' : undefined;
  const misfit = causeOfMisfit(sighting, view);
  if (misfit !== undefined) return misfit;
  if (isBeyond) return 'another epoch, unit or width than declared';
  const earlier = view.offsetsBefore(sighting);
  if (view.origin === undefined) return 'embedded time is not the clock of the call';
  const trueMs = trueUnixMs(view.origin, sighting.called);
  const [told, shown] = [embeddedMs - trueMs, clockMs - trueMs];
  const others = earlier.filter((offset) => Math.abs(offset - shown) > OFFSET_ERROR_MS);
  if (others.some((offset) => Math.abs(offset - told) <= OFFSET_ERROR_MS)) return 'does not follow its clock';
  if (side.is === 'behind') return 'fell behind its clock';
  return others.some((offset) => offset > shown && told <= offset + OFFSET_ERROR_MS)
    ? 'kept its time when its clock went back'
    : 'ran ahead of its clock';
}

/** A clock that shows what no ID can carry. */
export function causeOfMisfit({ wallCalledMs, wallReturnedMs }: Sighting, { layout }: EvidenceView): Cause | undefined {
  const endMs = layout.epochMs + 2 ** layout.timeBits * layout.tickMs;
  if (Math.max(wallCalledMs, wallReturnedMs) >= endMs) return 'time does not fit its field';
  return Math.min(wallCalledMs, wallReturnedMs) < layout.epochMs ? 'time before the epoch' : undefined;
}

interface Side {
  readonly is: 'ahead' | 'behind';
  readonly embeddedMs: number;
  /** The nearest that the clock came to it during the call. */
  readonly clockMs: number;
}

function sideOf(sighting: Sighting, { layout, shownIn }: EvidenceView): Side | undefined {
  if (sighting.id === undefined || layout.timeBits === 0) return undefined;
  const { unixMs } = decodeId(layout, BigInt(sighting.id));
  const apart = apartMs(shownIn(sighting), unixMs);
  const side = { embeddedMs: unixMs, clockMs: unixMs - apart };
  if (apart > 0) return { is: 'ahead', ...side };
  return apart <= -2 * layout.tickMs ? { is: 'behind', ...side } : undefined;
}

function spread(offsets: readonly number[]): number {
  return Math.max(0, ...offsets) - Math.min(0, ...offsets);
}

/** How much less the wall clock advanced than true time did from one call to the other, in milliseconds. */
export function lostMs(a: Sighting, b: Sighting): number {
  return (b.called - a.called) / NS_PER_MS - (b.wallCalledMs - a.wallCalledMs);
}
