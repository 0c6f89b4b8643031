/**
 * The wall clock of one node jumps to an offset from true time, and jumps back at the heal. The node may be down
 * meanwhile: then it starts with that clock.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf, offsetMs } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/**
 * How far the observed offset may be from the one asked. The tools are exact to microseconds; the reading crosses a busy
 * machine, and the origin's true time was read once.
 */
const TOLERANCE_MS = 50;

/** A smaller offset would be seen in force on a clock that was never touched. */
const OFFSET_MIN_MS = 2 * TOLERANCE_MS;

const options = z.strictObject({
  node: nodeTarget,
  byMs: z
    .number()
    .refine(
      (byMs) => Math.abs(byMs) >= OFFSET_MIN_MS,
      `must be at least ${OFFSET_MIN_MS} ms forward or back: less cannot be told from the error of the measurement`,
    )
    .describe(`offset from true time in milliseconds, ${OFFSET_MIN_MS} or more; negative: the clock goes back`),
});

export default {
  name: 'clock-step',
  summary: 'the wall clock of a node jumps, and jumps back at the heal',
  needs: ['clock.step'],
  options,
  example: { node: 'n1', byMs: -3000 },

  touches: ({ node }) => [`clock of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node, byMs }) {
    await nodeOf(cluster, node).clock.set({ offsetMs: byMs, frozen: false });
  },

  async observe(cluster, { node, byMs }) {
    const health = await healthOf(nodeOf(cluster, node));
    // Nobody can read the clock of a process that is down: its return proves it.
    if (health === undefined) return { took: undefined, measured: { askedMs: byMs, observedMs: null } };
    const observedMs = offsetMs(cluster.origin, health);
    return { took: Math.abs(observedMs - byMs) <= TOLERANCE_MS, measured: { askedMs: byMs, observedMs } };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).clock.set({ offsetMs: 0, frozen: false });
  },
} satisfies Fault<z.output<typeof options>>;
