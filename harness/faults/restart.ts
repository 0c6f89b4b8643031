/**
 * The process of one node is killed with SIGKILL and started again at once: a new life that knows nothing of the old one
 * but what is on disk and in the coordinator.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** The note of the life that was killed. */
const KILLED = 'killed life';

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
    const before = await healthOf(nodeOf(cluster, node));
    if (before === undefined) throw new Error(`${node} gave no answer: nobody could tell its next life from this one`);
    notes.set(KILLED, before.incarnation);
    await process.kill();
    await process.start();
  },

  async observe(cluster, { node }, { notes }) {
    const killed = notes.get(KILLED);
    const life = (await healthOf(nodeOf(cluster, node)))?.incarnation;
    if (typeof killed !== 'number') return { took: false, measured: { life: life ?? null } };
    // It starts, and has not answered yet.
    return {
      took: life === undefined ? undefined : life > killed,
      measured: { killedLife: killed, life: life ?? null },
    };
  },

  async heal(cluster, { node }, { notes }) {
    notes.delete(KILLED);
    await nodeOf(cluster, node).process.start();
  },
} satisfies Fault<z.output<typeof options>>;
