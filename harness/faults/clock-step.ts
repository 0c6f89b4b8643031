/**
 * The wall clock of one node jumps to an offset from true time, and jumps back at the heal. The node may be down
 * meanwhile: then it starts with that clock.
 */
import { isMeasurable, NOT_MEASURABLE, observedOffsetMs, OFFSET_MIN_MS, TOLERANCE_MS } from '../core/clock-offset.ts';
import type { Fault } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({
  node: nodeTarget,
  byMs: z
    .number()
    .refine(isMeasurable, NOT_MEASURABLE)
    .describe(`offset from true time in milliseconds, ${OFFSET_MIN_MS} or more; negative: the clock goes back`),
});

export default {
  name: 'clock-step',
  summary: 'the wall clock of a node jumps, and jumps back at the heal',
  needs: ['clock.step'],
  disturbs: ['clock'],
  options,
  example: { node: 'n1', byMs: -3000 },

  touches: ({ node }) => [`clock of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node, byMs }) {
    await nodeOf(cluster, node).clock.set({ offsetMs: byMs, rate: 1 });
  },

  async observe(cluster, { node, byMs }) {
    const observedMs = await observedOffsetMs(cluster, node);
    // Nobody can read the clock of a process that is down: its return proves it.
    if (observedMs === undefined) return { took: undefined, measured: { askedMs: byMs, observedMs: null } };
    return { took: Math.abs(observedMs - byMs) <= TOLERANCE_MS, measured: { askedMs: byMs, observedMs } };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).clock.set({ offsetMs: 0, rate: 1 });
  },
} satisfies Fault<z.output<typeof options>>;
