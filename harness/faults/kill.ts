/**
 * The process of one node is killed with SIGKILL and started again at the heal: a new incarnation of the same node.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'kill',
  summary: 'the process of a node is killed with SIGKILL, and started again at the heal',
  needs: ['process.kill'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`process of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }) {
    await nodeOf(cluster, node).process.kill();
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
