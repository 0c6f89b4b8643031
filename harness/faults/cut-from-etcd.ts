/**
 * One node cannot reach any member of its coordinator, and none can reach it. Clients still can.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf, PROBE_TIMEOUT_MS } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'cut-from-etcd',
  summary: 'packets between a node and every coordinator member are dropped; clients still reach the node',
  needs: ['network.cut'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`link of ${node} to etcd`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }, { key }) {
    const members = cluster.coordinator.members.map(({ name }) => name);
    await nodeOf(cluster, node).network.cut(key, members);
  },

  async observe(cluster, { node }) {
    const subject = nodeOf(cluster, node);
    const members = cluster.coordinator.members.map(({ name }) => name);
    const [health, ...answers] = await Promise.all([
      healthOf(subject),
      ...members.map((member) => subject.network.reaches(member, PROBE_TIMEOUT_MS)),
    ]);
    const reached = members.filter((_, index) => answers[index]);
    const measured = { healthAnswers: health !== undefined, reached };
    if (reached.length > 0) return { took: false, measured };
    // Only the node's own answer tells a cut from a node that reaches nothing because it is gone.
    return { took: health === undefined ? undefined : true, measured };
  },

  async heal(cluster, { node }, { key }) {
    await nodeOf(cluster, node).network.mend(key);
  },
} satisfies Fault<z.output<typeof options>>;
