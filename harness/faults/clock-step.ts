/**
 * The wall clock of one node jumps to an offset from true time, and jumps back at the heal. The node may be down
 * meanwhile: then it starts with that clock.
 */
import { described, isAt, readClock } from '../core/clock-reading.ts';
import { TRUE_CLOCK } from '../core/cluster.ts';
import type { Fault } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({
  node: nodeTarget,
  byMs: z
    .int()
    .refine((ms) => ms !== 0, 'must be forward or back: a step of 0 ms is none')
    .describe('offset from true time in whole milliseconds; negative: the clock goes back'),
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
    const seen = await readClock(cluster, node);
    // Nobody can read the clock of a process that is down: its return proves it.
    const took = seen && isAt(cluster.origin, seen, { lowMs: byMs, highMs: byMs });
    return { took, measured: { askedMs: byMs, ...described(seen) } };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).clock.set(TRUE_CLOCK);
  },
} satisfies Fault<z.output<typeof options>>;
