/**
 * The coordinator's leader is killed, another is elected, and the killed member is started again at the heal.
 */
import type { Cluster, CoordinatorMember } from '../core/cluster.ts';
import type { Fault } from '../core/fault.ts';
import { memberOf, statusOf } from '../core/observe.ts';
import { z } from '../core/schema.ts';
import { msToNs } from '../core/time.ts';

/** An election takes at most a second or two; a coordinator that has no leader for longer has lost more than one. */
const FIND_LEADER_MS = 3000;
const ASK_EVERY_MS = 100;

/** The note that names the member which `inject` killed. */
const KILLED = 'killed';

export default {
  name: 'etcd-leader-kill',
  summary: "the coordinator's leader is killed with SIGKILL, and started again at the heal",
  needs: ['process.kill'],
  options: z.strictObject({}),
  example: {},

  // Whatever kills members holds all of them: two such disturbances at once would lose a quorum that neither asked for.
  touches: () => ['process of etcd'],
  // During the election no node gets an answer.
  reach: (_options, { nodes }) => nodes,

  async inject(cluster, _options, { notes }) {
    if (notes.has(KILLED)) return;
    const leader = await findLeader(cluster);
    notes.set(KILLED, leader.name);
    await leader.process.kill();
  },

  async observe(cluster, _options, { notes }) {
    const killed = notes.get(KILLED);
    if (typeof killed !== 'string') return { took: false, measured: { member: null } };
    const answers = (await statusOf(memberOf(cluster, killed))) !== undefined;
    return { took: !answers, measured: { member: killed, answers } };
  },

  async heal(cluster, _options, { notes }) {
    const killed = notes.get(KILLED);
    if (typeof killed !== 'string') return;
    await memberOf(cluster, killed).process.start();
    notes.delete(KILLED);
  },
} satisfies Fault<Record<string, never>>;

/** The one member that says it leads; asks again while an election lasts. */
async function findLeader({ coordinator, time }: Cluster): Promise<CoordinatorMember> {
  const giveUpAt = time.now() + msToNs(FIND_LEADER_MS);
  for (;;) {
    const statuses = await Promise.all(coordinator.members.map((member) => statusOf(member)));
    const leaders = coordinator.members.filter((_, index) => statuses[index]?.leader === true);
    if (leaders.length === 1) return leaders[0]!;
    if (time.now() >= giveUpAt)
      throw new Error(`${leaders.length} members of ${coordinator.name} said for ${FIND_LEADER_MS} ms that they lead`);
    await time.sleep(ASK_EVERY_MS);
  }
}
