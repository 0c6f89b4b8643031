/**
 * One node gets only a share of the CPU, as on a machine that others have the better part of: it is stopped and continued
 * in turns of at most 50 ms, from outside. Nothing is lost, everything is late: timers, keep-alives, answers, and the
 * moment between reading a clock and acting on it.
 */
import type { Fault } from '../core/fault.ts';
import { assertAllLive } from '../core/lives.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** Several turns long, so that its share of them shows. */
const LOOK_MS = 200;

const options = z.strictObject({
  node: nodeTarget,
  percent: z.number().min(2).max(50).describe('the share of the time in which it runs, in percent'),
});

export default {
  name: 'slow-cpu',
  summary: 'the process of a node runs for a share of the time only, in turns of at most 50 ms',
  needs: ['process.slow'],
  disturbs: ['process'],
  options,
  example: { node: 'n1', percent: 20 },

  touches: ({ node }) => [`process of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node, percent }) {
    await assertAllLive([nodeOf(cluster, node)]);
    await nodeOf(cluster, node).process.slow(percent);
  },

  /** In force while the kernel shows it nearer to the share asked for than to a whole CPU. */
  async observe(cluster, { node, percent }) {
    const ranPercent = await nodeOf(cluster, node).process.share(LOOK_MS);
    return {
      took: ranPercent === undefined ? undefined : ranPercent < (100 + percent) / 2,
      measured: { askedPercent: percent, ranPercent: ranPercent === undefined ? null : Math.round(ranPercent) },
    };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).process.slow(100);
  },
} satisfies Fault<z.output<typeof options>>;
