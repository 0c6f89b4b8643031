/**
 * One node cannot reach any member of its coordinator, and none can reach it. Clients still can.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf, PROBE_TIMEOUT_MS, statusOf } from '../core/observe.ts';
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
    const { members } = cluster.coordinator;
    const [health, statuses, answers] = await Promise.all([
      healthOf(subject),
      Promise.all(members.map((member) => statusOf(member))),
      Promise.all(members.map(({ name }) => subject.network.reaches(name, PROBE_TIMEOUT_MS))),
    ]);
    const named = (which: readonly unknown[]): string[] =>
      members.filter((_, index) => which[index]).map(({ name }) => name);
    const measured = { healthAnswers: health !== undefined, alive: named(statuses), reached: named(answers) };
    if (measured.reached.length > 0) return { took: false, measured };
    // Only their own answers, by a way that no fault cuts, tell a cut from a node or a coordinator that is gone.
    return { took: health === undefined || measured.alive.length === 0 ? undefined : true, measured };
  },

  async heal(cluster, { node }, { key }) {
    await nodeOf(cluster, node).network.mend(key);
  },
} satisfies Fault<z.output<typeof options>>;
