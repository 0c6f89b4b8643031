/**
 * Cuts of links between the members of a cluster, nodes and coordinator members alike: what the network faults share.
 */
import type { Cluster, Member } from './cluster.ts';
import type { ClusterShape, Fault } from './fault.ts';
import type { Evidence } from './disturbance.ts';
import { shapeOfCluster } from './fault.ts';
import type { JsonObject } from './json.ts';
import { PROBE_TIMEOUT_MS } from './observe.ts';

/** One member is cut from some others, both ways. */
export interface Cut {
  readonly from: string;
  readonly peers: readonly string[];
}

/** Each of some members is cut from each of some others. */
export function cutsBetween(some: readonly string[], others: readonly string[]): readonly Cut[] {
  return some.map((from) => ({ from, peers: others.filter((peer) => peer !== from) }));
}

/** A fault that is nothing but cuts of links: which ones, for which options, is all that its file has to say. */
export function cutFault<Options extends JsonObject>({
  cuts,
  ...told
}: Pick<Fault<Options>, 'name' | 'summary' | 'coordinators' | 'options' | 'example' | 'refuses' | 'reach'> & {
  readonly cuts: (options: Options, shape: ClusterShape) => readonly Cut[];
}): Fault<Options> {
  const of = (cluster: Cluster, options: Options): readonly Cut[] => cuts(options, shapeOfCluster(cluster));
  return {
    ...told,
    needs: ['network.cut'],
    disturbs: ['link'],
    touches: (options, shape) => linksOf(cuts(options, shape)),
    inject: (cluster, options, { key }) => makeCuts(cluster, of(cluster, options), key),
    observe: (cluster, options) => measureCuts(cluster, of(cluster, options)),
    heal: (cluster, options, { key }) => mendCuts(cluster, of(cluster, options), key),
  };
}

/** What these cuts hold, by either end, so that two faults that name one link from both its ends are seen to meet. */
export function linksOf(cuts: readonly Cut[]): readonly string[] {
  const links = cuts.flatMap(({ from, peers }) =>
    peers.flatMap((peer) => [linkName(from, peer), linkName(peer, from)]),
  );
  return [...new Set(links)];
}

/** Makes the cuts. The same key replaces. */
async function makeCuts(cluster: Cluster, cuts: readonly Cut[], key: string): Promise<void> {
  await Promise.all(cuts.map(({ from, peers }) => membersOf(cluster)(from).network.cut(key, peers)));
}

/** Takes them away; unknown keys are fine. */
async function mendCuts(cluster: Cluster, cuts: readonly Cut[], key: string): Promise<void> {
  await Promise.all(cuts.map(({ from }) => membersOf(cluster)(from).network.mend(key)));
}

/**
 * Whether the cuts are in force: each link is tried from inside the pod of one end, where somebody listens whatever
 * becomes of the processes. Both ends are tried by themselves too, past all links: on a machine that is too slow for that
 * no answer proves nothing, and the measurement is `undefined`. A cut of links over which nobody speaks is measured all
 * the same, and says so.
 */
async function measureCuts(cluster: Cluster, cuts: readonly Cut[]): Promise<Evidence> {
  const of = membersOf(cluster);
  const names = [...new Set(cuts.flatMap(({ from, peers }) => [from, ...peers]))];
  const links = cuts.flatMap(({ from, peers }) => peers.map((peer) => ({ from, peer })));
  const [selves, answers, talks] = await Promise.all([
    Promise.all(names.map((name) => of(name).network.reaches(name, PROBE_TIMEOUT_MS))),
    Promise.all(links.map(({ from, peer }) => of(from).network.reaches(peer, PROBE_TIMEOUT_MS))),
    Promise.all(links.map(({ from, peer }) => of(from).network.talks(peer))),
  ]);
  const named = (which: readonly boolean[]): string[] =>
    links.filter((_, index) => which[index]).map(({ from, peer }) => linkName(from, peer));
  const measured = { reached: named(answers), inUse: named(talks) };
  const used = measured.inUse.length > 0;
  if (measured.reached.length > 0) return { took: false, used, measured };
  return { took: selves.includes(false) ? undefined : true, used, measured };
}

/** One direction of a link, for messages. */
export const linkName = (from: string, to: string): string => `link from ${from} to ${to}`;

/** Finds nodes and coordinator members by name. */
export function membersOf({ nodes, coordinator }: Cluster): (name: string) => Member {
  return (name) => {
    const found = [...nodes, ...coordinator.members].find((member) => member.name === name);
    if (found === undefined) throw new Error(`There is nobody called ${name} in the cluster.`);
    return found;
  };
}
