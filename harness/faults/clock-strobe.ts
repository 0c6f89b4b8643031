/**
 * The wall clock of one node jumps to an offset and back, again and again, as when two time services fight over it.
 */
import { isMeasurable, NOT_MEASURABLE, observedOffsetMs, OFFSET_MIN_MS, TOLERANCE_MS } from '../core/clock-offset.ts';
import type { Fault } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { assertRepeats, repeat, stopRepeating } from '../core/repeat.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** Three readings one period apart take two periods, and the measurements have to come at least once a second. */
const EVERY_MAX_MS = 300;

const options = z.strictObject({
  node: nodeTarget,
  byMs: z
    .number()
    .refine(isMeasurable, NOT_MEASURABLE)
    .describe(`offset from true time in milliseconds, ${OFFSET_MIN_MS} or more, every other time`),
  everyMs: z.number().min(50).max(EVERY_MAX_MS).describe('milliseconds between two jumps'),
});

export default {
  name: 'clock-strobe',
  summary: 'the wall clock of a node jumps to an offset and back, again and again, until the heal',
  needs: ['clock.step'],
  disturbs: ['clock'],
  options,
  example: { node: 'n1', byMs: -2000, everyMs: 150 },

  touches: ({ node }) => [`clock of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node, byMs, everyMs }, context) {
    const { clock } = nodeOf(cluster, node);
    await repeat(context, cluster.time, everyMs, (round) =>
      clock.set({ offsetMs: round % 2 === 0 ? byMs : 0, rate: 1 }),
    );
  },

  /** Of three readings, one period apart, two neighbours show both sides, even if one reading fell on a jump. */
  async observe(cluster, { node, byMs, everyMs }, context) {
    assertRepeats(context);
    const observedMs: number[] = [];
    for (let reading = 0; reading < 3; reading++) {
      if (reading > 0) await cluster.time.sleep(everyMs);
      const offset = await observedOffsetMs(cluster, node);
      if (offset === undefined) return { took: undefined, measured: { askedMs: byMs, observedMs } };
      observedMs.push(offset);
    }
    const shows = (ms: number): boolean => observedMs.some((offset) => Math.abs(offset - ms) <= TOLERANCE_MS);
    return { took: shows(0) && shows(byMs), measured: { askedMs: byMs, observedMs } };
  },

  async heal(cluster, { node }, context) {
    await stopRepeating(context);
    await nodeOf(cluster, node).clock.set({ offsetMs: 0, rate: 1 });
  },
} satisfies Fault<z.output<typeof options>>;
