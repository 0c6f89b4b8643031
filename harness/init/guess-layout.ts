/**
 * Which layout IDs may have that were given just now: one in which their time is near now. A wrong layout is the commonest
 * mistake of a first run, and the most misleading: each ID would be blamed for a time that nobody meant. Pure.
 */
import { NAMED_LAYOUTS } from '../core/layout-names.ts';
import { layoutText, parseLayout } from '../core/layout-spec.ts';
import type { Layout } from '../core/layout.ts';
import { decodeId, idBitsOf, shiftsOf, usesAllBits } from '../core/layout.ts';

/** An ID, and the wall clock when it was asked for and when it came, Unix milliseconds. */
export interface SeenId {
  readonly id: bigint;
  readonly askedMs: number;
  readonly cameMs: number;
}

export interface Guess {
  /** As `--layout` takes it. */
  readonly layout: string;
  /** As `offOf` says. */
  readonly offMs: number;
}

/** Clocks of one machine agree far better; this leaves room for a service that mints ahead or hands out what it kept. */
export const NEAR_MS = 60_000;
/** An epoch of somebody's own is a midnight, or it is not guessed. */
const DAY_MS = 86_400_000;
const MIDNIGHT_MS = 2000;
/** Ticks that are longer do not say at which second an epoch was. */
const FINE_TICK_MS = 10;

/** The best first; empty: none is known. */
export function guessLayouts(seen: readonly SeenId[], idBits: 64 | 128): readonly Guess[] {
  if (seen.length === 0) return [];
  // In the order of their file: the best known first.
  const layouts = Object.entries(NAMED_LAYOUTS).flatMap(([name, named]) => {
    return [{ name: named.epoch === 'yours' ? undefined : name, layout: parseLayout(named.spec) }];
  });
  const fitting = layouts.filter(({ layout }) => idBitsOf(layout) === idBits && layout.timeBits > 0);
  const known = fitting.flatMap(({ name, layout }) => {
    const offMs = name === undefined ? undefined : offOf(layout, seen);
    return name === undefined || offMs === undefined || Math.abs(offMs) > NEAR_MS + layout.tickMs
      ? []
      : [{ layout: name, offMs }];
  });
  return byNearness(known.length > 0 ? known : fitting.flatMap(({ layout }) => withOwnEpoch(layout, seen)));
}

/**
 * How far the time inside an ID lies before it was asked for (negative), or after it came, in milliseconds, the worst of
 * them; 0: between the two. Undefined: the bits are not of this layout.
 */
export function offOf(layout: Layout, seen: readonly SeenId[]): number | undefined {
  if (layout.timeBits === 0 || !seen.every(({ id }) => isOfForm(layout, id))) return undefined;
  const offs = seen.map(({ id, askedMs, cameMs }) => {
    const { unixMs } = decodeId(layout, id);
    // A tick that had begun and not ended is no difference.
    return unixMs > cameMs ? unixMs - cameMs : Math.min(0, unixMs + layout.tickMs - askedMs);
  });
  return offs.reduce((worst, off) => (Math.abs(off) > Math.abs(worst) ? off : worst), 0);
}

/** Bits of known values have them, and those above the time are 0. */
function isOfForm(layout: Layout, id: bigint): boolean {
  const { timeBits, fixed = [] } = layout;
  const top = BigInt(shiftsOf(layout).time + timeBits);
  const hasRoom = usesAllBits(layout) || id >> top === 0n;
  return (
    hasRoom &&
    fixed.every(({ shift, bits, value }) => ((id >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n)) === BigInt(value))
  );
}

/** The same bits, with the midnight as the epoch that would make their time now. */
function withOwnEpoch(layout: Layout, seen: readonly SeenId[]): readonly Guess[] {
  if (layout.tickMs > FINE_TICK_MS) return [];
  const [{ id, cameMs }] = seen as readonly [SeenId];
  const sinceMs = decodeId(layout, id).unixMs - layout.epochMs;
  const epochMs = Math.round((cameMs - sinceMs) / DAY_MS) * DAY_MS;
  const own = { ...layout, epochMs };
  const offMs = offOf(own, seen);
  // Just begun, or not yet: an ID of a few bits is no time.
  const isOld = sinceMs > DAY_MS && epochMs > 0;
  return isOld && offMs !== undefined && Math.abs(offMs) <= MIDNIGHT_MS ? [{ layout: layoutText(own), offMs }] : [];
}

/** Of those that read the same time out of each ID, the first. */
function byNearness(guesses: readonly Guess[]): readonly Guess[] {
  const texts = guesses.map(({ layout }) => {
    const read = parseLayout(layout);
    return `${shiftsOf(read).time} ${read.tickMs} ${read.epochMs}`;
  });
  return guesses
    .filter((_, index) => texts.indexOf(texts[index] as string) === index)
    .toSorted((one, other) => Math.abs(one.offMs) - Math.abs(other.offMs));
}
