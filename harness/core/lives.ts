/**
 * Seeing processes come and go: for faults that end processes and start them again.
 */
import type { Cluster, Member } from './cluster.ts';
import type { Evidence } from './disturbance.ts';
import type { FaultContext } from './fault.ts';
import { memberOf, nodeOf } from './observe.ts';
import { msToNs } from './time.ts';

type Notes = FaultContext['notes'];

/** Notes: the newest process of each member, how many new ones were seen, and when the last of them was, in run time. */
const NEWEST = 'newest process of ';
const COUNT = 'new processes';
const SEEN = 'last seen';

/** A node or coordinator member, by its name. */
export function anyMemberOf(cluster: Cluster, name: string): Member {
  return cluster.nodes.some((node) => node.name === name) ? nodeOf(cluster, name) : memberOf(cluster, name);
}

/** The names of those that have a process. */
export async function namesOfLiving(members: readonly Member[]): Promise<readonly string[]> {
  const lives = await Promise.all(members.map(({ process }) => process.alive()));
  return members.filter((_, index) => lives[index]).map(({ name }) => name);
}

/** Throws when one is gone already: a process that ended by itself looks like one that was ended, and proves nothing. */
export async function assertAllLive(members: readonly Member[]): Promise<void> {
  const living = await namesOfLiving(members);
  const gone = members.map(({ name }) => name).filter((name) => !living.includes(name));
  if (gone.length > 0) throw new Error(`${gone.join(', ')} was not running: there is nothing to do it to`);
}

/** Remembers which processes there are now: only others count as new from here on. */
export async function rememberLives(cluster: Cluster, nodes: readonly string[], notes: Notes): Promise<void> {
  for (const [node, identity] of await identities(cluster, nodes)) notes.set(NEWEST + node, identity ?? '');
  notes.set(COUNT, 0);
  notes.set(SEEN, cluster.time.now());
}

/** In force while new processes keep coming: none for `patienceMs`, and it has stopped. */
export async function newLivesKeepComing(
  cluster: Cluster,
  nodes: readonly string[],
  notes: Notes,
  patienceMs: number,
): Promise<Evidence> {
  let [count, seen] = [Number(notes.get(COUNT) ?? 0), Number(notes.get(SEEN) ?? 0)];
  const now = cluster.time.now();
  for (const [node, identity] of await identities(cluster, nodes)) {
    const newest = notes.get(NEWEST + node);
    if (newest === undefined || identity === undefined || identity === newest) continue;
    notes.set(NEWEST + node, identity);
    count++;
    seen = now;
  }
  notes.set(COUNT, count);
  notes.set(SEEN, seen);
  return { took: count > 0 && now - seen <= msToNs(patienceMs), measured: { newProcesses: count } };
}

/** In force while each of them has another process than the one remembered. */
export async function allHaveNewLives(cluster: Cluster, nodes: readonly string[], notes: Notes): Promise<Evidence> {
  const now = await identities(cluster, nodes);
  const before = now.map(([node]) => notes.get(NEWEST + node));
  return {
    took: now.every(([, identity], index) => {
      const earlier = before[index];
      return earlier !== undefined && identity !== undefined && identity !== earlier;
    }),
    measured: Object.fromEntries(
      now.map(([node, identity], index) => [node, { before: before[index] ?? null, now: identity ?? null }]),
    ),
  };
}

/** After the heal nothing counts any more. */
export function forgetLives(nodes: readonly string[], notes: Notes): void {
  for (const node of nodes) notes.delete(NEWEST + node);
  notes.delete(COUNT);
  notes.delete(SEEN);
}

function identities(cluster: Cluster, nodes: readonly string[]): Promise<[string, string | undefined][]> {
  return Promise.all(
    nodes.map(async (node): Promise<[string, string | undefined]> => [
      node,
      await nodeOf(cluster, node).process.identity(),
    ]),
  );
}
