/**
 * The process of one node is killed and started again and again, as when an orchestrator restarts what keeps crashing.
 * Each life takes a lease, perhaps another worker ID, and leaves a bound behind.
 */
import type { Fault } from '../core/fault.ts';
import { assertAllLive, forgetLives, newLivesKeepComing, rememberLives } from '../core/lives.ts';
import { nodeOf } from '../core/observe.ts';
import { assertRepeats, repeat, stopRepeating } from '../core/repeat.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** What a kill and a start may take on a busy machine. */
const RESTART_MS = 2000;
/** A note of the disturbance: the storm has begun. */
const BEGAN = 'began';

const options = z.strictObject({
  node: nodeTarget,
  everyMs: z.number().min(200).max(5000).describe('milliseconds from one start to the next kill'),
});

export default {
  name: 'restart-storm',
  summary: 'the process of a node is killed and started again and again, until the heal',
  needs: ['process.kill'],
  disturbs: ['process'],
  options,
  example: { node: 'n1', everyMs: 400 },

  touches: ({ node }) => [`process of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node, everyMs }, context) {
    const { process } = nodeOf(cluster, node);
    if (!context.notes.has(BEGAN)) {
      await assertAllLive([nodeOf(cluster, node)]);
      await rememberLives(cluster, [node], context.notes);
      context.notes.set(BEGAN, true);
    }
    await repeat(context, cluster.time, everyMs, async () => {
      await process.kill();
      await process.start();
    });
  },

  async observe(cluster, { node, everyMs }, context) {
    assertRepeats(context);
    return newLivesKeepComing(cluster, [node], context.notes, 2 * everyMs + RESTART_MS);
  },

  async heal(cluster, { node }, context) {
    await stopRepeating(context);
    context.notes.delete(BEGAN);
    forgetLives([node], context.notes);
    await nodeOf(cluster, node).process.start();
  },
} satisfies Fault<z.output<typeof options>>;
