/**
 * The process of one node is killed and started again and again, as when an orchestrator restarts what keeps crashing.
 * Each life takes a lease, perhaps another worker ID, and leaves a bound behind.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { assertRepeats, repeat, stopRepeating } from '../core/repeat.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';
import { msToNs } from '../core/time.ts';

/** Notes of the newest life that was seen, and when it was first seen, in run time. */
const LIFE = 'life';
const SEEN = 'seen';

const options = z.strictObject({
  node: nodeTarget,
  everyMs: z.number().min(200).max(5000).describe('milliseconds between two kills'),
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
    if (!context.notes.has(LIFE)) {
      const before = await healthOf(nodeOf(cluster, node));
      if (before === undefined)
        throw new Error(`${node} gave no answer: nobody could tell its next life from this one`);
      context.notes.set(LIFE, before.incarnation);
      context.notes.set(SEEN, cluster.time.now());
    }
    await repeat(context, cluster.time, everyMs, async () => {
      await process.kill();
      await process.start();
    });
  },

  /** In force while new lives keep coming: a life that outlasts two kills was not killed. */
  async observe(cluster, { node, everyMs }, context) {
    assertRepeats(context);
    const { notes } = context;
    const [newest, since] = [notes.get(LIFE), notes.get(SEEN)];
    const life = (await healthOf(nodeOf(cluster, node)))?.incarnation;
    if (typeof newest !== 'number' || typeof since !== 'number')
      return { took: false, measured: { life: life ?? null } };
    const measured = { life: life ?? null, newest };
    const now = cluster.time.now();
    if (life !== undefined && life > newest) {
      notes.set(LIFE, life);
      notes.set(SEEN, now);
      return { took: true, measured };
    }
    // Between a kill and an answer nothing can be seen; a life may also be asked twice.
    return { took: now - since > 3 * msToNs(everyMs) + msToNs(1000) ? false : undefined, measured };
  },

  async heal(cluster, { node }, context) {
    await stopRepeating(context);
    context.notes.delete(LIFE);
    await nodeOf(cluster, node).process.start();
  },
} satisfies Fault<z.output<typeof options>>;
