/**
 * Links that are disturbed in another way than by a cut of both directions: what these network faults share. Each is
 * measured from inside the pods, by datagrams and connections of the agents, direction by direction; the rules that
 * disturb the link are not asked.
 */
import type { Ability, Cluster, Member } from './cluster.ts';
import type { ClusterShape, Fault } from './fault.ts';
import type { Evidence } from './disturbance.ts';
import { shapeOfCluster } from './fault.ts';
import type { Json, JsonObject } from './json.ts';
import type { Cut } from './links.ts';
import { linksOf, membersOf } from './links.ts';
import type { LinkTrouble } from './trouble.ts';
import { z } from './schema.ts';
import { memberTarget } from './targets.ts';

/** Options of a fault between one member and some others. */
export const betweenOptions = {
  one: memberTarget,
  peers: z.array(memberTarget).min(1).describe('the members at the other ends of its links'),
};

export interface Between extends JsonObject {
  readonly one: string;
  readonly peers: readonly string[];
}

/** The links that such options name. */
export const linksBetween = ({ one, peers }: Between): readonly Cut[] => [{ from: one, peers }];

/** The nodes among those that such options name. */
export function nodesBetween({ one, peers }: Between, { nodes }: ClusterShape): readonly string[] {
  return nodes.filter((node) => node === one || peers.includes(node));
}

export const notWithItself = [
  ({ one, peers }: Between): boolean => !peers.includes(one),
  'a member has no link with itself',
] as const;

/** One direction of a link. */
export interface Way {
  readonly from: Member;
  readonly to: Member;
}

/** One measurement of one direction: whether it is disturbed as asked, and figures by names that end in their units. */
export interface Reading {
  readonly took: boolean | undefined;
  readonly figures: { readonly [name: string]: Json };
}

/** A fault that troubles links: which, how, and how one direction of them is measured is all that its file has to say. */
export function linkFault<Options extends JsonObject>({
  need,
  links,
  ends,
  trouble,
  measure,
  ...told
}: Pick<Fault<Options>, 'name' | 'summary' | 'options' | 'example' | 'refuses' | 'delaysMs' | 'reach'> & {
  readonly need: Ability;
  readonly links: (options: Options, shape: ClusterShape) => readonly Cut[];
  /** Where it is done: at both ends of each link, or only at those whom `links` calls `from`. */
  readonly ends: 'both' | 'from';
  readonly trouble: (options: Options) => LinkTrouble;
  /** `both`: called for each direction; `from`: for the packets that come in there. */
  readonly measure: (way: Way, options: Options) => Promise<Reading>;
}): Fault<Options> {
  const at = (cluster: Cluster, options: Options): readonly (readonly [Member, readonly string[]])[] => {
    const cuts = links(options, shapeOfCluster(cluster));
    const names = cuts.flatMap(({ from, peers }) => (ends === 'both' ? [from, ...peers] : [from]));
    return [...new Set(names)].map((name) => [membersOf(cluster)(name), peersOf(name, cuts)] as const);
  };
  return {
    ...told,
    needs: [need],
    disturbs: ['link'],
    touches: (options, shape) => linksOf(links(options, shape)),
    async inject(cluster, options, { key }) {
      const how = trouble(options);
      await Promise.all(at(cluster, options).map(([member, peers]) => member.network.trouble(key, peers, how)));
    },
    async observe(cluster, options) {
      const of = membersOf(cluster);
      const ways = at(cluster, options).flatMap(([to, peers]) => peers.map((from) => ({ from: of(from), to })));
      const readings = await Promise.all(ways.map((way) => measure(way, options)));
      // Not beside them: to list its connections a pod stands still for many milliseconds, in which nothing arrives.
      const used = await Promise.all(ways.map(({ from, to }) => to.network.talks(from.name)));
      return { ...together(ways, readings), used: used.includes(true) };
    },
    async heal(cluster, options, { key }) {
      await Promise.all(at(cluster, options).map(([member]) => member.network.mend(key)));
    },
  };
}

/** Everybody with whom a member shares one of these links. */
function peersOf(member: string, cuts: readonly Cut[]): readonly string[] {
  const peers = cuts.flatMap(({ from, peers: others }) =>
    from === member ? others : others.includes(member) ? [from] : [],
  );
  return [...new Set(peers)];
}

/** In force when every direction is; not when one is not. */
function together(ways: readonly Way[], readings: readonly Reading[]): Evidence {
  const measured = readings.flatMap(({ figures }, index) => {
    const { from, to } = ways[index] as Way;
    return Object.entries(figures).map(([name, value]) => [`${from.name} to ${to.name} ${name}`, value] as const);
  });
  const took = readings.map((reading) => reading.took);
  return {
    took: took.includes(false) ? false : took.includes(undefined) ? undefined : true,
    measured: Object.fromEntries(measured),
  };
}
