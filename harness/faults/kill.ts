/**
 * The process of one node is killed with SIGKILL and started again at the heal: a new incarnation of the same node.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

/** A note of the disturbance: the process was alive when it was killed. */
const KILLED = 'killed';

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'kill',
  summary: 'the process of a node is killed with SIGKILL, and started again at the heal',
  needs: ['process.kill'],
  disturbs: ['process'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`process of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }, { notes }) {
    const { process } = nodeOf(cluster, node);
    // A process that ended by itself looks just like one that was killed. Again for one disturbance: it is this one's.
    if (!notes.has(KILLED) && !(await process.alive()))
      throw new Error(`${node} was not running: there is nothing to kill`);
    notes.set(KILLED, true);
    await process.kill();
  },

  async observe(cluster, { node }) {
    const subject = nodeOf(cluster, node);
    const [alive, health] = await Promise.all([subject.process.alive(), healthOf(subject)]);
    const answers = health !== undefined;
    return { took: !alive && !answers, measured: { alive, answers } };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).process.start();
  },
} satisfies Fault<z.output<typeof options>>;
