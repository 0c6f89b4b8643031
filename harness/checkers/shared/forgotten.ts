/**
 * IDs minted twice because the coordinator went back: one holder rests on what the coordinator has forgotten since, or
 * on what it had forgotten and remembers again. Such a duplicate needs a broken `coordinator never rolls back`.
 */
import type { SqlFacts, SqlReader } from '../../core/checker.ts';
import type { Promise_ } from '../../core/guarantee.ts';
import type { History } from '../../core/history.ts';
import { liesBetween, rollbacksBetween, type Rollback } from '../../core/rollback.ts';
import { coordinatorOf, tenureBatchesOf } from '../../core/tenures.ts';
import type { RunNs } from '../../core/time.ts';
import { sqlId } from './sql.ts';

/** One emission of an ID, as far as it rests on the coordinator's word. */
interface Emitted {
  readonly life: string;
  readonly coordinator?: string;
  /** When its holder began to mint under the coordinator's word; undefined: it never had that. */
  readonly began: RunNs | undefined;
  readonly returned: RunNs;
}

/** The rollbacks that excuse a promise: none unless it assumes that there are none. */
export function excusing(promise: Promise_, rollbacks: readonly Rollback[] = []): readonly Rollback[] {
  return promise.assuming?.includes('coordinator never rolls back') === true ? rollbacks : [];
}

/** Of the emissions of one ID, given by their batches, how many beyond the first need the rollback. */
export function forgottenInHistory(
  history: History,
  rollbacks: readonly Rollback[],
): (batches: readonly number[]) => number {
  if (rollbacks.length === 0) return () => 0;
  const began = new Map<number, RunNs>();
  for (const { tenure, batches } of tenureBatchesOf(history))
    if (tenure.createRevision !== '0') for (const batch of batches) began.set(batch, tenure.from);
  const { nodes, coordinators } = history;
  const { node, incarnation, returned } = history.batches;
  return (batches) =>
    forgotten(
      batches.map((batch) => ({
        life: `${node[batch]}-${incarnation[batch]}`,
        ...coordinatorOf(nodes[node[batch]!]!, coordinators),
        began: began.get(batch),
        returned: returned[batch]!,
      })),
      rollbacks,
    );
}

/** What one life minted twice is its own doing, whatever the coordinator forgot. */
function forgotten(emissions: readonly Emitted[], rollbacks: readonly Rollback[]): number {
  const lives = new Set(emissions.map(({ life }) => life)).size;
  if (lives < 2 || emissions.some(({ began }) => began === undefined)) return 0;
  const first = Math.min(...emissions.map(({ began }) => began!));
  const last = Math.max(...emissions.map(({ returned }) => returned));
  return liesBetween(rollbacksBetween(rollbacks, ...emissions), first, last) ? lives - 1 : 0;
}

/** The same from the store, by ID in decimal; `where` chooses the rows of `ids`. */
export async function forgottenInStore(
  store: SqlReader,
  { layout, nodes, coordinators = {} }: Pick<SqlFacts, 'layout' | 'nodes' | 'coordinators'>,
  rollbacks: readonly Rollback[],
  where: string,
): Promise<{
  readonly total: number;
  readonly byId: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}> {
  if (rollbacks.length === 0) return { total: 0, byId: () => Promise.resolve(new Map()) };
  // A node of another coordinator knows nothing of what this one forgot.
  const others = (own: string | undefined): readonly number[] =>
    nodes.flatMap((node, index) => (coordinators[node] === own ? [] : [index]));
  const between = rollbacks
    .map(({ coordinator, from, at }) => {
      const strangers = others(coordinator);
      const alone = strangers.length === 0 ? '' : ` and countIf(node in (${strangers.join(', ')})) = 0`;
      return `(first <= ${at} and last >= ${from}${alone})`;
    })
    .join(' or ');
  const query = (chosen: string): string =>
    `select id, uniqExact(node, incarnation) - 1 as surplus, min(began) as first, max(returned) as last
     from (select id, node, incarnation, lane, seq from ids where ${chosen}) as emitted
     asof join (
       select node, incarnation, lane, first_seq, returned, worker, create_revision,
         min(returned) over (partition by worker, node, incarnation, lease, create_revision) as began
       from batches where count > 0) as minted
     on emitted.node = minted.node and emitted.incarnation = minted.incarnation and emitted.lane = minted.lane
       and emitted.seq >= minted.first_seq
     group by id
     having surplus > 0 and countIf(worker < 0 or create_revision = 0) = 0 and (${between})`;
  const [sum] = await store.rows<{ total: string }>(`select sum(surplus) as total from (${query(where)})`);
  return {
    total: Number(sum?.total ?? 0),
    byId: async (ids) => {
      if (ids.length === 0) return new Map();
      const rows = await store.rows<{ id: string; surplus: string }>(
        query(`id in (${ids.map((id) => sqlId(layout, id)).join(', ')})`),
      );
      return new Map(rows.map(({ id, surplus }) => [id, Number(surplus)]));
    },
  };
}
