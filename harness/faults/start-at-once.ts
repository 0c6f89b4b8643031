/**
 * The whole cluster begins anew: all nodes are killed, the coordinator forgets everything, and at the heal all nodes start
 * in the same moment. Whoever assumes that somebody was there before, or that nobody else is there now, is found out.
 */
import type { Fault } from '../core/fault.ts';
import { assertAllLive, namesOfLiving } from '../core/lives.ts';
import { healthOf, PROBE_TIMEOUT_MS } from '../core/observe.ts';
import { z } from '../core/schema.ts';

/** A note of the disturbance: the nodes were killed. */
const KILLED = 'killed';
/** On a busy machine a few requests may have to wait. */
const WIPE_MS = 5000;

const options = z.strictObject({});

export default {
  name: 'start-at-once',
  summary: 'all nodes are killed and the coordinator is emptied; at the heal all nodes start in the same moment',
  needs: ['process.kill', 'coordinator.wipe'],
  coordinators: ['etcd'],
  // The coordinator serves throughout, and what it forgets was of nodes that are dead.
  disturbs: ['process'],
  options,
  example: {},

  touches: (_options, { nodes }) => [...nodes.map((node) => `process of ${node}`), 'data of etcd'],
  reach: (_options, { nodes }) => nodes,

  async inject(cluster, _options, { notes }) {
    if (!notes.has(KILLED)) await assertAllLive(cluster.nodes);
    notes.set(KILLED, true);
    await Promise.all(cluster.nodes.map(({ process }) => process.kill()));
    // Only now: a node that lives would write again, and would have been robbed of what it holds.
    await cluster.coordinator.wipe(WIPE_MS);
  },

  async observe(cluster) {
    const [alive, healths, owners] = await Promise.all([
      namesOfLiving(cluster.nodes),
      Promise.all(cluster.nodes.map((node) => healthOf(node))),
      cluster.coordinator.owners(PROBE_TIMEOUT_MS).catch(() => undefined),
    ]);
    const answer = cluster.nodes.filter((_, index) => healths[index] !== undefined).map(({ name }) => name);
    const gone = alive.length === 0 && answer.length === 0;
    return {
      took: !gone ? false : owners === undefined ? undefined : owners.length === 0,
      measured: { alive, answer, ownerKeys: owners?.length ?? null },
    };
  },

  async heal(cluster, _options, { notes }) {
    notes.delete(KILLED);
    await Promise.all(cluster.nodes.map(({ process }) => process.start()));
  },
} satisfies Fault<z.output<typeof options>>;
