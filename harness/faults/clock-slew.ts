/**
 * The wall clock of one node jumps to an offset and is led from there to another, little by little, over the whole length
 * of the disturbance, as a time service does that dare not step. It runs too fast or too slow meanwhile.
 */
import { isMeasurable, NOT_MEASURABLE, observedOffsetMs, OFFSET_MIN_MS, TOLERANCE_MS } from '../core/clock-offset.ts';
import type { Fault } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { assertRepeats, repeat, stopRepeating } from '../core/repeat.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { nsToMs } from '../core/time.ts';

/** The clock is led by small steps: this is one every so many milliseconds, not a rate. */
const EVERY_MS = 20;
/** The note of the moment at which it began, in run time. */
const BEGAN = 'began';

const measurable = z.number().refine(isMeasurable, NOT_MEASURABLE);
const options = z
  .strictObject({
    node: nodeTarget,
    fromMs: measurable.describe(`offset from true time at the inject, in milliseconds, ${OFFSET_MIN_MS} or more`),
    toMs: measurable.describe('offset at the heal, in milliseconds, on the same side of true time'),
  })
  .refine(({ fromMs, toMs }) => fromMs > 0 === toMs > 0, 'both must be ahead of true time, or both behind it');

/** Where the clock should be, `atMs` after the inject. */
function wantedMs({ fromMs, toMs }: z.output<typeof options>, atMs: number, plannedMs: number): number {
  return fromMs + (toMs - fromMs) * Math.min(1, Math.max(0, atMs / plannedMs));
}

export default {
  name: 'clock-slew',
  summary: 'the wall clock of a node jumps, and is led by small steps to another offset until the heal',
  needs: ['clock.step'],
  disturbs: ['clock'],
  options,
  example: { node: 'n1', fromMs: 5000, toMs: 1000 },

  touches: ({ node }) => [`clock of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, asked, context) {
    const { clock } = nodeOf(cluster, asked.node);
    const { time } = cluster;
    const began = time.now();
    context.notes.set(BEGAN, began);
    await repeat(context, time, EVERY_MS, () =>
      clock.set({ offsetMs: wantedMs(asked, nsToMs(time.now() - began), context.plannedMs), rate: 1 }),
    );
  },

  async observe(cluster, asked, context) {
    assertRepeats(context);
    const began = context.notes.get(BEGAN);
    const before = cluster.time.now();
    const observedMs = await observedOffsetMs(cluster, asked.node);
    if (typeof began !== 'number') return { took: false, measured: { observedMs: observedMs ?? null } };
    const askedMs = wantedMs(asked, nsToMs(before - began), context.plannedMs);
    if (observedMs === undefined) return { took: undefined, measured: { askedMs, observedMs: null } };
    // While the question was on its way the clock was led on.
    const sinceMs = Math.abs(wantedMs(asked, nsToMs(cluster.time.now() - began), context.plannedMs) - askedMs);
    return { took: Math.abs(observedMs - askedMs) <= TOLERANCE_MS + sinceMs, measured: { askedMs, observedMs } };
  },

  async heal(cluster, { node }, context) {
    await stopRepeating(context);
    context.notes.delete(BEGAN);
    await nodeOf(cluster, node).clock.set({ offsetMs: 0, rate: 1 });
  },
} satisfies Fault<z.output<typeof options>>;
