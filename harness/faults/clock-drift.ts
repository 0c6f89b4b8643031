/**
 * The wall clock of one node runs too fast or too slow from inject to heal, and jumps to true time then. Timers and the
 * monotonic clock go on as they are.
 */
import type { ClockReading } from '../core/clock-reading.ts';
import { described, readClock, rounded } from '../core/clock-reading.ts';
import { TRUE_CLOCK } from '../core/cluster.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { nsToMs } from '../core/time.ts';

const PPM = 1_000_000;
/** The note of the first reading since the inject, what the later ones are compared with; null until there is one. */
const FIRST = 'first';
/** How narrow readings have to be, and how wide they are at least: fast drifts move between the readings of one interval. */
const WIDTH_MS = { slow: 0.25, fast: 1.5 };
/** From this distance from true time on a clock is fast in that sense: 12 readings of it are 0.15 ms apart. */
const FAST_PPM = 10_000;
const PPM_MIN = 20;

const options = z
  .strictObject({
    node: nodeTarget,
    rate: z
      .number()
      .min(0.01)
      .max(10)
      .exactOptional()
      .describe('seconds of the clock in a second: 0.5 is half as fast'),
    ppm: z.number().min(-900_000).max(9_000_000).exactOptional().describe('or its distance from 1, in millionths'),
  })
  .refine(({ rate, ppm }) => (rate === undefined) !== (ppm === undefined), 'needs either rate or ppm')
  .refine(
    (asked) => (asked.rate === undefined && asked.ppm === undefined ? true : Math.abs(ppmOf(asked)) >= PPM_MIN),
    `must differ from true time by ${PPM_MIN} ppm or more: less is not seen within half a minute`,
  );

/** Distance from true time in millionths, whichever way it was given. */
function ppmOf({ rate, ppm }: { readonly rate?: number; readonly ppm?: number }): number {
  return ppm ?? ((rate ?? 1) - 1) * PPM;
}

const widthMs = (ppm: number): number => (Math.abs(ppm) >= FAST_PPM ? WIDTH_MS.fast : WIDTH_MS.slow);

export default {
  name: 'clock-drift',
  summary: 'the wall clock of a node runs too fast or too slow, and returns to true time at the heal',
  needs: ['clock.drift'],
  disturbs: ['clock'],
  options,
  example: { node: 'n1', rate: 1.05 },

  touches: ({ node }) => [`clock of ${node}`],
  reach: ({ node }) => [node],
  // Two readings, each as wide as it may be, have to lie apart.
  seenWithinMs: (asked) => 1000 + (4 * widthMs(ppmOf(asked)) * PPM) / Math.abs(ppmOf(asked)) / 2,

  async inject(cluster, asked, { notes }) {
    await nodeOf(cluster, asked.node).clock.set({ offsetMs: 0, rate: 1 + ppmOf(asked) / PPM });
    if (!notes.has(FIRST)) notes.set(FIRST, null);
  },

  async observe(cluster, asked, { notes }) {
    const askedPpm = rounded(ppmOf(asked));
    const seen = await readClock(cluster, asked.node, widthMs(askedPpm));
    const injected = notes.has(FIRST);
    const first = firstOf(notes);
    if (injected && seen !== undefined && first === null) notes.set(FIRST, { ...seen });
    if (seen === undefined || first === null)
      return {
        took: injected ? undefined : false,
        measured: { askedPpm, fromPpm: null, toPpm: null, ...described(seen) },
      };
    const { fromPpm, toPpm } = slope(first, seen);
    const measured = { askedPpm, fromPpm: rounded(fromPpm), toPpm: rounded(toPpm), ...described(seen) };
    if (askedPpm < fromPpm || askedPpm > toPpm) return { took: false, measured };
    // So early, a clock that runs true would look the same.
    return { took: fromPpm <= 0 && toPpm >= 0 ? undefined : true, measured };
  },

  async heal(cluster, { node }, { notes }) {
    await nodeOf(cluster, node).clock.set(TRUE_CLOCK);
    notes.delete(FIRST);
  },
} satisfies Fault<z.output<typeof options>>;

function firstOf(notes: FaultContext['notes']): ClockReading | null {
  return (notes.get(FIRST) ?? null) as ClockReading | null;
}

/** By how much the clock outran true time from one reading to another, at the least and at the most. */
function slope(one: ClockReading, other: ClockReading): { readonly fromPpm: number; readonly toPpm: number } {
  const shortMs = Math.max(1, nsToMs(other.from - one.to));
  const longMs = Math.max(1, nsToMs(other.to - one.from));
  const [leastMs, mostMs] = [other.lowMs - one.highMs, other.highMs - one.lowMs];
  return {
    fromPpm: (leastMs / (leastMs > 0 ? longMs : shortMs)) * PPM,
    toPpm: (mostMs / (mostMs > 0 ? shortMs : longMs)) * PPM,
  };
}
