/**
 * The wall clock of one node jumps to an offset and back, again and again, as when two time services fight over it.
 */
import { described, isAt, readClock } from '../core/clock-reading.ts';
import { TRUE_CLOCK } from '../core/cluster.ts';
import type { Fault } from '../core/fault.ts';
import { nodeOf } from '../core/observe.ts';
import { assertRepeats, repeat, stopRepeating } from '../core/repeat.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { msToNs } from '../core/time.ts';

/** Both sides have to be seen within one measurement, and there must be one every second. */
const EVERY_MAX_MS = 200;
/** One reading is a millisecond wide: less could not be told from true time by it. */
const OFFSET_MIN_MS = 3;
const READING_MS = 1.5;
/** In so many periods each side has come twice. */
const PERIODS = 4;
/** Fewer readings in that time, on a machine with more to do than cores, may have missed a side by chance. */
const READINGS_MIN = 6;

const options = z.strictObject({
  node: nodeTarget,
  byMs: z
    .int()
    .refine((ms) => Math.abs(ms) >= OFFSET_MIN_MS, `must be at least ${OFFSET_MIN_MS} ms forward or back`)
    .describe('offset from true time in whole milliseconds, every other time'),
  everyMs: z.number().min(20).max(EVERY_MAX_MS).describe('milliseconds between two jumps'),
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
      clock.set(round % 2 === 0 ? { offsetMs: byMs, rate: 1 } : TRUE_CLOCK),
    );
  },

  /** In force when both sides are seen. A jump in the middle of a reading shows neither, and the next one is taken. */
  async observe(cluster, { node, byMs, everyMs }, context) {
    assertRepeats(context);
    const until = cluster.time.now() + msToNs(PERIODS * everyMs);
    const asked = { lowMs: byMs, highMs: byMs };
    const truth = { lowMs: 0, highMs: 0 };
    const observedMs: (number | null)[] = [];
    let [away, back] = [false, false];
    while (cluster.time.now() < until && !(away && back)) {
      if (observedMs.length > 0) await cluster.time.sleep(everyMs / 3);
      const seen = await readClock(cluster, node, READING_MS);
      observedMs.push(described(seen).observedMs);
      if (seen === undefined) return { took: undefined, measured: { askedMs: byMs, observedMs } };
      away ||= isAt(cluster.origin, seen, asked, truth) === true;
      back ||= isAt(cluster.origin, seen, truth, asked) === true;
    }
    const took = (away && back) || (observedMs.length < READINGS_MIN ? undefined : false);
    return { took, measured: { askedMs: byMs, observedMs } };
  },

  async heal(cluster, { node }, context) {
    await stopRepeating(context);
    await nodeOf(cluster, node).clock.set(TRUE_CLOCK);
  },
} satisfies Fault<z.output<typeof options>>;
