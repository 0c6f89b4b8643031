/**
 * The coordinators of a cluster: one, or one for each region. A node talks to that of its own region only, so what two
 * of them say (revisions, lease IDs) does not compare.
 */
import type { Zones } from './cluster.ts';
import type { CoordinatorKind } from './coordinator-kind.ts';
import { COORDINATOR_KINDS, DEFAULT_COORDINATOR } from './coordinator-kind.ts';

/** What of a cluster says which coordinators it has. */
export interface Coordinated {
  readonly nodes: number;
  readonly coordinator?: CoordinatorKind;
  /** Of each coordinator. */
  readonly coordinatorMembers: number;
  readonly coordinatorPerRegion?: boolean;
  readonly zones?: Zones;
}

/** The names that belong to the coordinator of one region. */
export interface RegionalShape {
  readonly region: string;
  /** The nodes that it serves. */
  readonly nodes: readonly string[];
  readonly members: readonly string[];
}

/** The regions that zones lie in, in the order in which they are first named. */
export function regionsOf(zones: Zones = {}): readonly string[] {
  return [...new Set(Object.values(zones).flatMap(({ region }) => (region === undefined ? [] : [region])))];
}

/** The names of the members of all coordinators of a cluster. */
export function coordinatorMembersOf(cluster: Omit<Coordinated, 'nodes'>): readonly string[] {
  const { prefix } = COORDINATOR_KINDS[cluster.coordinator ?? DEFAULT_COORDINATOR];
  const coordinators = cluster.coordinatorPerRegion === true ? regionsOf(cluster.zones).length : 1;
  return Array.from({ length: cluster.coordinatorMembers * coordinators }, (_, index) => `${prefix}${index + 1}`);
}

/** The coordinators by region, where each region has its own; undefined where there is one for all. */
export function coordinatorsByRegion(cluster: Coordinated): readonly RegionalShape[] | undefined {
  if (cluster.coordinatorPerRegion !== true) return undefined;
  const { zones = {} } = cluster;
  const members = coordinatorMembersOf(cluster);
  const nodes = Array.from({ length: cluster.nodes }, (_, index) => `n${index + 1}`);
  return regionsOf(zones).map((region) => {
    const here = Object.values(zones).flatMap((zone) => (zone.region === region ? zone.members : []));
    const among = (names: readonly string[]): readonly string[] => names.filter((name) => here.includes(name));
    return { region, nodes: among(nodes), members: among(members) };
  });
}

/** The coordinator of each node by its region; undefined where there is one for all. */
export type CoordinatorOfNode = { readonly [node: string]: string };

export function coordinatorOfNodes(cluster: Coordinated): CoordinatorOfNode | undefined {
  const regions = coordinatorsByRegion(cluster);
  return regions && Object.fromEntries(regions.flatMap(({ region, nodes }) => nodes.map((node) => [node, region])));
}

/** The names of the coordinator members that a node, or a coordinator member, has to do with. */
export function membersBeside(cluster: Coordinated, name: string): readonly string[] {
  const own = coordinatorsByRegion(cluster)?.find(({ nodes, members }) => [...nodes, ...members].includes(name));
  return own?.members ?? coordinatorMembersOf(cluster);
}

/** What a coordinator names (a lease, a revision) with the coordinator: two of them may each give the same name. */
export function namedBy({ coordinator = '' }: { readonly coordinator?: string }, name: string | number): string {
  return `${coordinator} ${name}`;
}

/** A worker ID with the coordinator that hands it out. */
export function handedOut(held: { readonly coordinator?: string; readonly workerId: number }): string {
  return namedBy(held, held.workerId);
}
