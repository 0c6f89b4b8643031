/**
 * The process of one node stands still between SIGSTOP and SIGCONT, as in a long garbage collection or a migration of
 * its machine. Its timers, leases and clocks run on without it.
 */
import type { Fault } from '../core/fault.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { nodeTarget } from '../core/targets.ts';

const options = z.strictObject({ node: nodeTarget });

export default {
  name: 'pause',
  summary: 'the process of a node stands still with SIGSTOP, and goes on at the heal',
  needs: ['process.pause'],
  disturbs: ['process'],
  options,
  example: { node: 'n1' },

  touches: ({ node }) => [`process of ${node}`],
  reach: ({ node }) => [node],

  async inject(cluster, { node }, { plannedMs }) {
    const { process } = nodeOf(cluster, node);
    if (!(await process.alive())) throw new Error(`${node} was not running: there is nothing to stop`);
    await process.pause(plannedMs);
  },

  async observe(cluster, { node }) {
    const subject = nodeOf(cluster, node);
    const [alive, health] = await Promise.all([subject.process.alive(), healthOf(subject)]);
    const answers = health !== undefined;
    return { took: alive && !answers, measured: { alive, answers } };
  },

  async heal(cluster, { node }) {
    await nodeOf(cluster, node).process.resume();
  },
} satisfies Fault<z.output<typeof options>>;
