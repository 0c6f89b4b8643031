/**
 * Everything in one zone is killed in the same moment: nodes and coordinator members, as when a data centre loses its
 * power. What is elsewhere has to go on.
 */
import { coordinatorName, coordinatorWith, nodesServed } from '../core/coordinator-faults.ts';
import type { ClusterShape, Fault } from '../core/fault.ts';
import { shapeOfCluster } from '../core/fault.ts';
import { anyMemberOf, assertAllLive, namesOfLiving } from '../core/lives.ts';
import { healthOf, nodeOf, statusOf, memberOf } from '../core/observe.ts';
import type { Cluster } from '../core/cluster.ts';
import { z } from '../core/schema.ts';
import { memberTarget } from '../core/targets.ts';

/** A note of the disturbance: it was killed. */
const KILLED = 'killed';

const options = z
  .strictObject({
    zone: z.string().exactOptional().describe("a zone of the scenario's cluster"),
    members: z.array(memberTarget).min(1).exactOptional().describe('or the nodes and coordinator members themselves'),
  })
  .refine(({ zone, members }) => (zone === undefined) !== (members === undefined), 'needs either zone or members');

type Options = z.output<typeof options>;

export default {
  name: 'zone-down',
  summary: 'nodes and coordinator members of one zone are killed at once, and started again at the heal',
  needs: ['process.kill'],
  disturbs: ['process', 'coordinator'],
  options,
  example: { members: ['n1', 'n2', 'etcd1'] },
  refuses: ({ zone }, { zones = {} }) =>
    zone === undefined || zone in zones
      ? undefined
      : `There is no zone ${zone}; the cluster has ${Object.keys(zones).join(', ') || 'none'}.`,

  // All coordinator members, as faults of the coordinator hold them: two at once could take a majority that neither meant.
  touches: (given, cluster) => [
    ...new Set(
      membersOf(given, cluster).map(
        (name) => `process of ${cluster.nodes.includes(name) ? name : coordinatorName(coordinatorWith(name, cluster))}`,
      ),
    ),
  ],
  // During an election no node gets an answer of its coordinator.
  reach: (given, cluster) => {
    const lost = membersOf(given, cluster);
    const served = lost.flatMap((name) =>
      cluster.nodes.includes(name) ? [name] : nodesServed(coordinatorWith(name, cluster), cluster),
    );
    // Where there is one coordinator, whoever lost nothing of it is taken to feel it as well.
    const isShared = cluster.coordinators === undefined && cluster.coordinatorMembers.length > 0;
    return isShared ? cluster.nodes : cluster.nodes.filter((node) => served.includes(node));
  },

  async inject(cluster, given, { notes }) {
    const members = membersOf(given, shapeOfCluster(cluster)).map((name) => anyMemberOf(cluster, name));
    if (!notes.has(KILLED)) await assertAllLive(members);
    notes.set(KILLED, true);
    await Promise.all(members.map(({ process }) => process.kill()));
  },

  async observe(cluster, given) {
    const names = membersOf(given, shapeOfCluster(cluster));
    const [alive, answers] = await Promise.all([
      namesOfLiving(names.map((name) => anyMemberOf(cluster, name))),
      Promise.all(names.map((name) => doesAnswer(cluster, name))),
    ]);
    const answer = names.filter((_, index) => answers[index]);
    return { took: alive.length === 0 && answer.length === 0, measured: { killed: names, alive, answer } };
  },

  async heal(cluster, given, { notes }) {
    notes.delete(KILLED);
    const names = membersOf(given, shapeOfCluster(cluster));
    await Promise.all(names.map((name) => anyMemberOf(cluster, name).process.start()));
  },
} satisfies Fault<Options>;

function membersOf({ zone, members }: Options, { zones = {} }: ClusterShape): readonly string[] {
  return members ?? zones[zone ?? '']?.members ?? [];
}

async function doesAnswer(cluster: Cluster, name: string): Promise<boolean> {
  const isNode = cluster.nodes.some((node) => node.name === name);
  return (isNode ? await healthOf(nodeOf(cluster, name)) : await statusOf(memberOf(cluster, name))) !== undefined;
}
