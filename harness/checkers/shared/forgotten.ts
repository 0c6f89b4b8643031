/**
 * IDs minted twice because the coordinator went back: one holder rests on what the coordinator has forgotten since, and
 * the other could not know of it. Such a duplicate needs a broken `coordinator never rolls back`.
 */
import type { SqlFacts, SqlReader } from '../../core/checker.ts';
import type { Tenure } from '../../core/tenure.ts';
import type { Promise_ } from '../../core/guarantee.ts';
import type { History, LeaseFact } from '../../core/history.ts';
import { leaseFinder } from '../../core/lease-ends.ts';
import { rollbackBetween, type Act, type Rollback } from '../../core/rollback.ts';
import { readTenures, tenureBatchesOf } from '../../core/tenures.ts';
import type { RunNs } from '../../core/time.ts';
import { sqlId } from '../../core/id-sql.ts';

/** The rollbacks that excuse a promise: none unless it assumes that there are none. */
export function excusing(promise: Promise_, rollbacks: readonly Rollback[] = []): readonly Rollback[] {
  return promise.assuming?.includes('coordinator never rolls back') === true ? rollbacks : [];
}

/** What a tenure minted, as far as it rests on the coordinator's word. */
export function actsUnder(leases: readonly LeaseFact[]): (tenure: Tenure, returned: RunNs) => Act {
  const leaseOf = leaseFinder(leases);
  return (tenure, returned) => ({ tenure, ttlMs: leaseOf(tenure)?.ttlMs ?? 0, returned });
}

/** A tenure that minted an ID, and when it first did. */
interface Emitted {
  readonly tenure: Tenure;
  readonly returned: RunNs;
}

/** Of the emissions of one ID, given by their batches, how many beyond the first need the rollback. */
export function forgottenInHistory(
  history: History,
  rollbacks: readonly Rollback[],
): (batches: readonly number[]) => number {
  if (rollbacks.length === 0) return () => 0;
  const tenures = new Map<number, Tenure>();
  for (const { tenure, batches } of tenureBatchesOf(history)) for (const batch of batches) tenures.set(batch, tenure);
  const actOf = actsUnder(history.leases);
  const { returned } = history.batches;
  return (batches) => {
    if (!batches.every((batch) => tenures.has(batch))) return 0;
    const emitted = [...Map.groupBy(batches, (batch) => tenures.get(batch)!)]
      .map(([tenure, own]): Emitted => ({ tenure, returned: Math.min(...own.map((batch) => returned[batch]!)) }))
      .sort((a, b) => a.returned - b.returned || byName(a.tenure, b.tenure, history.nodes));
    return forgotten(emitted, actOf, rollbacks);
  };
}

/**
 * Of the lives beyond the first, those that could know of none that minted the ID before. What one life minted twice is
 * its own doing, whatever the coordinator forgot. In order of time.
 */
function forgotten(
  emitted: readonly Emitted[],
  actOf: (tenure: Tenure, returned: RunNs) => Act,
  rollbacks: readonly Rollback[],
): number {
  const acts = emitted.map(({ tenure, returned }) => actOf(tenure, returned));
  const lives = emitted.map(({ tenure: { node, incarnation } }) => `${node}-${incarnation}`);
  const isExcused = (act: Act, place: number): boolean =>
    place > 0 &&
    lives.indexOf(lives[place]!) === place &&
    acts.slice(0, place).every((earlier) => rollbackBetween(rollbacks, earlier, act) !== undefined);
  return acts.filter(isExcused).length;
}

/** As the store orders them: by node, life, worker ID, lease and create revision. */
function byName(a: Tenure, b: Tenure, nodes: readonly string[]): number {
  return (
    nodes.indexOf(a.node) - nodes.indexOf(b.node) ||
    a.incarnation - b.incarnation ||
    a.workerId - b.workerId ||
    Number(BigInt(a.lease) - BigInt(b.lease)) ||
    Number(BigInt(a.createRevision) - BigInt(b.createRevision))
  );
}

/** Node, life, worker ID, lease, create revision, and how many of the moments that matter had passed. */
type HolderRow = readonly [number, number, number, string, string, number];

/** The same from the store, by ID in decimal; `where` chooses the rows of `ids`. */
export async function forgottenInStore(
  store: SqlReader,
  facts: SqlFacts,
  rollbacks: readonly Rollback[],
  where: string,
): Promise<{
  readonly total: number;
  readonly byId: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}> {
  if (rollbacks.length === 0) return { total: 0, byId: () => Promise.resolve(new Map()) };
  const nameOf = (tenure: readonly unknown[]): string => tenure.join(' ');
  const tenures = new Map(
    (await readTenures(store, facts)).map((tenure) => {
      const { node, incarnation, workerId, lease, createRevision } = tenure;
      return [nameOf([facts.nodes.indexOf(node), incarnation, workerId, lease, createRevision]), tenure];
    }),
  );
  const actOf = actsUnder(facts.leases);
  // All that is asked of a moment is whether it comes before one of these: IDs alike in that are judged as one.
  const moments = [...new Set(rollbacks.flatMap(({ from, since = from }) => [from, since]))].sort((a, b) => a - b);
  const judged = (holders: readonly HolderRow[]): number =>
    forgotten(
      holders.map(([node, incarnation, worker, lease, revision, passed]) => ({
        tenure: tenures.get(nameOf([node, incarnation, worker, lease, revision]))!,
        returned: moments[passed - 1] ?? -Infinity,
      })),
      actOf,
      rollbacks,
    );
  const query = (chosen: string): string =>
    `select id, arrayMap(
         h -> (h.2, h.3, h.4, toString(h.5), toString(h.6), arrayCount(moment -> moment <= h.1, [${moments.map((ns) => `toFloat64(${ns})`).join(', ')}])),
         arraySort(groupArray((first, node, incarnation, worker, lease, create_revision)))) as holders
     from (
       select id, node, incarnation, worker, lease, create_revision, toFloat64(min(returned)) as first
       from (select id, node, incarnation, lane, seq from ids where ${chosen}) as emitted
       asof join (
         select node, incarnation, lane, first_seq, returned, worker, lease, create_revision from batches where count > 0
       ) as minted
       on emitted.node = minted.node and emitted.incarnation = minted.incarnation and emitted.lane = minted.lane
         and emitted.seq >= minted.first_seq
       group by id, node, incarnation, worker, lease, create_revision)
     group by id
     having uniqExact(node, incarnation) > 1 and countIf(worker < 0) = 0`;
  const alike = await store.rows<{ holders: HolderRow[]; total: string }>(
    `select holders, count() as total from (${query(where)}) group by holders`,
  );
  return {
    total: alike.reduce((sum, { holders, total }) => sum + judged(holders) * Number(total), 0),
    byId: async (ids) => {
      if (ids.length === 0) return new Map();
      const rows = await store.rows<{ id: string; holders: HolderRow[] }>(
        query(`id in (${ids.map((id) => sqlId(facts.layout, id)).join(', ')})`),
      );
      return new Map(rows.map(({ id, holders }) => [id, judged(holders)]));
    },
  };
}
