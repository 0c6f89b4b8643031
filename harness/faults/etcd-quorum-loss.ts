/**
 * A majority of the coordinator's members is killed: nothing can be read or written until they return.
 *
 * They are killed, never stopped: a leader that was stopped for longer than a lease may revoke it when it goes on,
 * although the lease was kept alive with its successor (etcd issues 12528 and 15247). Two nodes would then hold one
 * worker ID through no fault of the generator, and the run would accuse it.
 */
import type { Fault } from '../core/fault.ts';
import { memberOf, statusOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';

/** The note that names the members which `inject` killed. */
const KILLED = 'killed';

export default {
  name: 'etcd-quorum-loss',
  summary: 'a majority of the coordinator is killed with SIGKILL, and started again at the heal',
  needs: ['process.kill'],
  options: z.strictObject({}),
  example: {},

  touches: () => ['process of etcd'],
  reach: (_options, { nodes }) => nodes,

  async inject(cluster, _options, { notes }) {
    const { members } = cluster.coordinator;
    const majority = members.slice(0, Math.floor(members.length / 2) + 1);
    notes.set(
      KILLED,
      majority.map(({ name }) => name),
    );
    await Promise.all(majority.map(({ process }) => process.kill()));
  },

  async observe(cluster) {
    const { members } = cluster.coordinator;
    const statuses = await Promise.all(members.map((member) => statusOf(member)));
    const serving = members.filter((_, index) => statuses[index]?.serving === true).map(({ name }) => name);
    return { took: serving.length === 0, measured: { members: members.length, serving } };
  },

  async heal(cluster, _options, { notes }) {
    const killed = notes.get(KILLED);
    if (!Array.isArray(killed)) return;
    await Promise.all(killed.map((name) => memberOf(cluster, String(name)).process.start()));
    notes.delete(KILLED);
  },
} satisfies Fault<Record<string, never>>;
