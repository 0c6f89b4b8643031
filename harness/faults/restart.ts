/**
 * The process of one node is killed with SIGKILL and started again at once: a new life that knows nothing of the old one
 * but what is on disk and in the coordinator.
 */
import type { Fault } from '../core/fault.ts';
import { allHaveNewLives, assertAllLive, forgetLives, rememberLives } from '../core/lives.ts';
import { nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** A note of the disturbance: the process was killed. */
const KILLED = 'killed';

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'restart',
  summary: 'the process of a node is killed with SIGKILL and started again at once',
  needs: ['process.kill'],
  disturbs: ['process'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`process of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }, { notes }) {
    if (notes.has(KILLED)) return;
    const { process } = nodeOf(cluster, node);
    await assertAllLive([nodeOf(cluster, node)]);
    await rememberLives(cluster, [node], notes);
    notes.set(KILLED, true);
    await process.kill();
    await process.start();
  },

  observe: (cluster, { node }, { notes }) => allHaveNewLives(cluster, [node], notes),

  async heal(cluster, { node }, { notes }) {
    notes.delete(KILLED);
    forgetLives([node], notes);
    await nodeOf(cluster, node).process.start();
  },
} satisfies Fault<z.output<typeof options>>;
