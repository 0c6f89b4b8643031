/**
 * Tenures by acts: who minted under which worker ID, and from when to when. What a node merely believes is no part of
 * it.
 */
import type { SqlFacts, SqlReader } from './checker.ts';
import type { Tenure } from './tenure.ts';
import type { CoordinatorOfNode } from './coordinators.ts';
import { HELD_TWO } from './held.ts';
import type { History } from './history.ts';
import { lanesOf } from './lanes.ts';
import { eraOf, rollbacksBetween, type Rollback } from './rollback.ts';
import type { RunNs } from './time.ts';

/** A tenure and the batches that it is made of (indexes into `History.batches`). */
export interface TenureBatches {
  readonly tenure: Tenure;
  readonly batches: readonly number[];
}

/** The tenures of a history in order of `from`. IDs minted while holding no worker ID belong to none. */
export function tenuresOf(history: History): Tenure[] {
  return tenureBatchesOf(history).map(({ tenure }) => tenure);
}

/** Every checker of a run asks the same; a history does not change once it is built. */
const known = new WeakMap<History, readonly TenureBatches[]>();

/** The tenures of a history, each with its batches, in order of `from`. */
export function tenureBatchesOf(history: History): readonly TenureBatches[] {
  const tenures = known.get(history) ?? sortIntoTenures(history);
  known.set(history, tenures);
  return tenures;
}

function sortIntoTenures(history: History): readonly TenureBatches[] {
  const { workerId, lease, createRevision, called, returned } = history.batches;
  const groups = new Map<string, number[]>();
  for (const lane of lanesOf(history.batches)) {
    let last: number | undefined;
    let group: number[] = [];
    for (const batch of lane.batches) {
      if (workerId[batch]! < 0) continue;
      const sameTenure =
        last !== undefined &&
        workerId[batch] === workerId[last] &&
        lease[batch] === lease[last] &&
        createRevision[batch] === createRevision[last];
      if (!sameTenure) {
        const key = [lane.node, lane.incarnation, workerId[batch], lease[batch], createRevision[batch]].join(' ');
        group = groups.get(key) ?? [];
        groups.set(key, group);
      }
      group.push(batch);
      last = batch;
    }
  }
  return [...groups.values()]
    .map((batches) => {
      const [first] = batches as [number];
      let from = Infinity;
      let to = -Infinity;
      for (const batch of batches) {
        from = Math.min(from, returned[batch]!);
        to = Math.max(to, called[batch]!);
      }
      const node = history.nodes[history.batches.node[first]!]!;
      const tenure: Tenure = {
        workerId: workerId[first]!,
        node,
        ...coordinatorOf(node, history.coordinators),
        incarnation: history.batches.incarnation[first]!,
        lease: String(lease[first]),
        createRevision: String(createRevision[first]),
        from,
        to,
      };
      return { tenure, batches };
    })
    .sort((a, b) => byFrom(a.tenure, b.tenure));
}

/** What a life minted under no worker ID that is known, in a run in which others held some. */
export interface Unheld {
  readonly node: string;
  readonly incarnation: number;
  /** It said that it held one tenure when the calls began and another when they ended; else that it held none. */
  readonly heldTwo: boolean;
  readonly batches: number;
  /** `called` of the first such batch with an ID, `returned` of the last. */
  readonly from: RunNs;
  readonly to: RunNs;
}

/** What belongs to no tenure, by life, in order of `from`. None where nobody held a worker ID: then nobody needs one. */
export function unheldOf(history: History): Unheld[] {
  if (tenureBatchesOf(history).length === 0) return [];
  const { node, incarnation, workerId, count, called, returned, length } = history.batches;
  const lives = new Map<string, Unheld>();
  for (let i = 0; i < length; i++) {
    if (count[i] === 0 || workerId[i]! >= 0) continue;
    const heldTwo = workerId[i] === HELD_TWO;
    const life = { node: history.nodes[node[i]!]!, incarnation: incarnation[i]!, heldTwo };
    const key = `${life.node} ${life.incarnation} ${heldTwo}`;
    const known = lives.get(key) ?? { ...life, batches: 0, from: Infinity, to: -Infinity };
    const from = Math.min(known.from, called[i]!);
    lives.set(key, { ...known, batches: known.batches + 1, from, to: Math.max(known.to, returned[i]!) });
  }
  return [...lives.values()].sort(byLife);
}

/** The same from the store. */
export async function readUnheld(store: SqlReader, { nodes }: Pick<SqlFacts, 'nodes'>): Promise<Unheld[]> {
  const rows = await store.rows<{
    node: number;
    incarnation: number;
    two: 0 | 1;
    batches: string;
    since: string;
    until: string;
  }>(
    `select node, incarnation, toUInt8(worker = ${HELD_TWO}) as two, count() as batches, min(called) as since, max(returned) as until
     from batches
     where count > 0 and worker < 0 and (select count() from batches where count > 0 and worker >= 0) > 0
     group by node, incarnation, two`,
  );
  return rows
    .map(({ node, incarnation, two, batches, since, until }) => ({
      node: nodes[node]!,
      incarnation,
      heldTwo: two === 1,
      batches: Number(batches),
      from: Number(since),
      to: Number(until),
    }))
    .sort(byLife);
}

function byLife(a: Unheld, b: Unheld): number {
  return (
    a.from - b.from ||
    (a.node < b.node ? -1 : a.node > b.node ? 1 : 0) ||
    a.incarnation - b.incarnation ||
    Number(a.heldTwo) - Number(b.heldTwo)
  );
}

/** The coordinator by whose word a node holds worker IDs, as a part of what is told of it. */
export function coordinatorOf(node: string, coordinators: CoordinatorOfNode = {}): { readonly coordinator?: string } {
  const coordinator = coordinators[node];
  return coordinator === undefined ? {} : { coordinator };
}

/** The same tenures from the store. */
export async function readTenures(
  store: SqlReader,
  { nodes, coordinators }: Pick<SqlFacts, 'nodes' | 'coordinators'>,
): Promise<Tenure[]> {
  const rows = await store.rows<{
    worker: number;
    node: number;
    incarnation: number;
    lease: string;
    create_revision: string;
    since: string;
    until: string;
  }>(
    `select worker, node, incarnation, lease, create_revision, min(returned) as since, max(called) as until
     from batches where count > 0 and worker >= 0
     group by worker, node, incarnation, lease, create_revision`,
  );
  return rows
    .map((row) => ({
      workerId: row.worker,
      node: nodes[row.node]!,
      ...coordinatorOf(nodes[row.node]!, coordinators),
      incarnation: row.incarnation,
      lease: row.lease,
      createRevision: row.create_revision,
      from: Number(row.since),
      to: Number(row.until),
    }))
    .sort(byFrom);
}

/**
 * The order in which holders of one worker ID succeeded one another: by the coordinator's word where every one has it,
 * by their acts otherwise, and where they have it from different coordinators. A coordinator that went back gives its
 * word anew: what began after that comes later.
 */
export function inSuccession(tenures: readonly Tenure[], rollbacks: readonly Rollback[] = []): Tenure[] {
  const numbered = tenures.every(
    ({ createRevision, coordinator }) => createRevision !== '0' && coordinator === tenures[0]!.coordinator,
  );
  const own = rollbacksBetween(rollbacks, ...tenures);
  const era = ({ from }: Tenure): number => eraOf(own, from);
  return [...tenures].sort((a, b) => (numbered ? era(a) - era(b) || byRevision(a, b) : 0) || byFrom(a, b));
}

function byRevision(a: Tenure, b: Tenure): number {
  const difference = BigInt(a.createRevision) - BigInt(b.createRevision);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function byFrom(a: Tenure, b: Tenure): number {
  return (
    a.from - b.from ||
    a.workerId - b.workerId ||
    (a.node < b.node ? -1 : a.node > b.node ? 1 : 0) ||
    a.incarnation - b.incarnation ||
    byRevision(a, b) ||
    (a.lease < b.lease ? -1 : a.lease > b.lease ? 1 : 0)
  );
}
