/**
 * Faults of the processes of coordinator members: what they share. Which members are meant is found at the inject, for a
 * leader is known only then.
 */
import type { Cluster, CoordinatorCluster, CoordinatorMember } from './cluster.ts';
import { COORDINATOR_NAMES } from './coordinator-kind.ts';
import { coordinatorIn } from './coordinators-as-one.ts';
import type { ClusterShape, Fault } from './fault.ts';
import { shapeOfCluster } from './fault.ts';
import type { JsonObject } from './json.ts';
import { memberOf, statusOf } from './observe.ts';
import { z } from './schema.ts';
import { msToNs } from './time.ts';

/** The note that names the members which `inject` chose. */
const CHOSEN = 'chosen';

/** The option of a fault of a whole coordinator: whose it is. */
export const whoseCoordinator = {
  region: z.string().exactOptional().describe('the region whose coordinator it is, where each has its own'),
};

/** Whose coordinator is meant. */
export interface Whose extends JsonObject {
  readonly region?: string;
}

/** Why it is not clear which coordinator is meant, as a sentence; undefined: it is. */
export function unclearCoordinator({ region }: Whose, { coordinators }: ClusterShape): string | undefined {
  if (coordinators === undefined)
    return region === undefined
      ? undefined
      : `The cluster has one coordinator for all regions: option 'region' (${region}) has to be left out.`;
  const regions = coordinators.map((one) => one.region);
  // That there is none is told of the cluster.
  if (regions.length === 0) return undefined;
  if (region === undefined)
    return `Each region has a coordinator of its own: option 'region' has to say whose (${regions.join(', ')}).`;
  return regions.includes(region)
    ? undefined
    : `There is no coordinator of a region ${region}; there are those of ${regions.join(', ')}.`;
}

/** The coordinator's part in the names of what a fault holds. */
export function coordinatorName({ region }: Whose): string {
  return region === undefined ? 'etcd' : `etcd of ${region}`;
}

/** The nodes that a coordinator serves; all, where it is not told which. */
export function nodesServed({ region }: Whose, { nodes, coordinators }: ClusterShape): readonly string[] {
  return coordinators?.find((one) => one.region === region)?.nodes ?? nodes;
}

/** The members of a coordinator; all, where it is not told which. */
export function membersServing(
  { region }: Whose,
  { coordinatorMembers, coordinators }: ClusterShape,
): readonly string[] {
  return coordinators?.find((one) => one.region === region)?.members ?? coordinatorMembers;
}

/** Whose coordinator a node or member has to do with, as the option would say it. */
export function coordinatorWith(name: string, { coordinators }: ClusterShape): Whose {
  const region = coordinators?.find(({ nodes, members }) => [...nodes, ...members].includes(name))?.region;
  return region === undefined ? {} : { region };
}

/** What is done to the chosen members, how that is seen from outside, and what undoes it. */
interface Way {
  readonly needs: Fault['needs'];
  inject(member: CoordinatorMember, plannedMs: number): Promise<void>;
  /** Whether a member is seen to be in the state that the fault puts it in. */
  shows(seen: { readonly alive: boolean; readonly answers: boolean }): boolean;
  heal(member: CoordinatorMember): Promise<void>;
}

/** Killed with SIGKILL, and started again at the heal. */
export const KILLED: Way = {
  needs: ['process.kill'],
  inject: ({ process }) => process.kill(),
  shows: ({ alive, answers }) => !alive && !answers,
  heal: ({ process }) => process.start(),
};

/** How long a member may take to end by itself: it hands its leadership on first, if anybody takes it. */
const GRACE_MS = 8000;

/** Ended by itself after SIGTERM, and started again at the heal. */
export const STOPPED: Way = {
  needs: ['process.terminate'],
  async inject({ name, process }) {
    const outcome = await process.terminate(GRACE_MS);
    if (outcome === 'still running') throw new Error(`${name} did not end within ${GRACE_MS} ms of SIGTERM`);
  },
  shows: KILLED.shows,
  heal: KILLED.heal,
};

/** Stopped with SIGSTOP; it goes on at the heal, with all that it believed before. */
export const PAUSED: Way = {
  needs: ['process.pause'],
  inject: ({ process }, plannedMs) => process.pause(plannedMs),
  shows: ({ alive, answers }) => alive && !answers,
  heal: ({ process }) => process.resume(),
};

/** Does it to the members that `choose` gives. Injected again for one disturbance it does it to the same ones. */
export function coordinatorFault<Options extends JsonObject>({
  way,
  choose,
  whose = (options) => options,
  nobodyServes = false,
  ...told
}: Pick<Fault<Options>, 'name' | 'summary' | 'options' | 'example'> & {
  readonly way: Way;
  readonly choose: (
    coordinator: CoordinatorCluster,
    cluster: Cluster,
    options: Options,
  ) => Promise<readonly CoordinatorMember[]>;
  /** Whose coordinator it is; left out: the option `region` says it. */
  readonly whose?: (options: Options, shape: ClusterShape) => Whose;
  /** It is in force only while no member at all serves. */
  readonly nobodyServes?: boolean;
}): Fault<Options> {
  const meant = (cluster: Cluster, options: Options): CoordinatorCluster =>
    coordinatorIn(cluster, whose(options, shapeOfCluster(cluster)).region);
  return {
    ...told,
    needs: way.needs,
    coordinators: COORDINATOR_NAMES,
    disturbs: ['coordinator'],
    refuses: (options, shape) => unclearCoordinator(whose(options, shape), shape),
    // It holds all members: two such disturbances at once would lose a majority that neither asked for.
    touches: (options, shape) => [`process of ${coordinatorName(whose(options, shape))}`],
    // During an election no node gets an answer.
    reach: (options, shape) => nodesServed(whose(options, shape), shape),

    async inject(cluster, options, { notes, plannedMs }) {
      const before = chosenIn(cluster, notes.get(CHOSEN));
      const chosen = before ?? (await choose(meant(cluster, options), cluster, options));
      // A member that was gone by itself looks like one that was killed, and proves nothing.
      const gone = before === undefined ? await namesOfDead(chosen) : [];
      if (gone.length > 0) throw new Error(`${gone.join(', ')} was not running: there is nothing to do it to`);
      notes.set(
        CHOSEN,
        chosen.map(({ name }) => name),
      );
      await Promise.all(chosen.map((member) => way.inject(member, plannedMs)));
    },

    async observe(cluster, options, { notes }) {
      const { members } = meant(cluster, options);
      const chosen = chosenIn(cluster, notes.get(CHOSEN)) ?? [];
      const seen = await Promise.all(
        members.map(async (member) => {
          const [alive, status] = await Promise.all([member.process.alive(), statusOf(member)]);
          return { name: member.name, alive, answers: status !== undefined, serving: status?.serving === true };
        }),
      );
      const names = (which: (one: (typeof seen)[number]) => boolean): string[] =>
        seen.filter(which).map(({ name }) => name);
      const chosenNames = chosen.map(({ name }) => name);
      const serving = names((one) => one.serving);
      const inForce = seen.every((one) => !chosenNames.includes(one.name) || way.shows(one));
      return {
        took: chosenNames.length > 0 && inForce && !(nobodyServes && serving.length > 0),
        measured: { chosen: chosenNames, alive: names((one) => one.alive), serving },
      };
    },

    async heal(cluster, _options, { notes }) {
      await Promise.all((chosenIn(cluster, notes.get(CHOSEN)) ?? []).map((member) => way.heal(member)));
      notes.delete(CHOSEN);
    },
  };
}

function chosenIn(cluster: Cluster, names: unknown): readonly CoordinatorMember[] | undefined {
  return Array.isArray(names) ? names.map((name) => memberOf(cluster, String(name))) : undefined;
}

async function namesOfDead(members: readonly CoordinatorMember[]): Promise<readonly string[]> {
  const lives = await Promise.all(members.map(({ process }) => process.alive()));
  return members.filter((_, index) => !lives[index]).map(({ name }) => name);
}

/** The first members, as many as a majority takes. */
export function majorityOf<Member>(members: readonly Member[]): readonly Member[] {
  return members.slice(0, Math.floor(members.length / 2) + 1);
}

/** An election takes at most a second or two; a coordinator that has no leader for longer has lost more than one. */
const FIND_LEADER_MS = 3000;
const ASK_EVERY_MS = 100;

/** The one member that says it leads; asks again while an election lasts. */
export async function findLeader(coordinator: CoordinatorCluster, { time }: Cluster): Promise<CoordinatorMember> {
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
