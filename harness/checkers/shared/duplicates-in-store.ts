/** `Duplicates` from the store: in bounded memory, whatever their number. */
import type { SqlFacts, SqlReader } from '../../core/checker.ts';
import type { Method } from '../../core/finding.ts';
import { REPEATED_MAX, WITNESSES_MAX } from '../../core/finding.ts';
import { sqlId } from '../../core/id-sql.ts';
import type { Layout } from '../../core/layout.ts';
import type { Rollback } from '../../core/rollback.ts';
import type { BatchRow, Clue } from './draft.ts';
import { batchOf, readBatches } from './draft.ts';
import type { Duplicate, Duplicates, Emission } from './duplicates.ts';
import { NONE, oneOfEachPairOfCalls, repeatedId, SIGHTINGS_MAX } from './duplicates.ts';
import { forgottenInStore } from './forgotten.ts';
import { readRepeated, sqlRepeated } from './repeated-ids.ts';
import { joined, sqlWithin } from './stretches.ts';

/**
 * Witnesses of one pair of lives at most: its lowest ID, its greatest and that in the middle, and of the greatest none
 * before each pair has its lowest. More of the same would crowd out what else happened; the last may have another cause
 * than the first. Those of one pair of calls are one.
 */
const WITNESSES_OF_PAIR = 3;
/** Repeated IDs that the store holds in memory at most; beyond, witnesses are sought among the lowest. */
const CANDIDATES_MAX = 200_000;

/** Bytes; groups beyond go to disk. */
const GROUPED_IN_MEMORY = 200_000_000;

/** `by`: to find repeated IDs this way, whatever the batches are like. */
export async function readDuplicates(
  store: SqlReader,
  facts: SqlFacts,
  rollbacks: readonly Rollback[],
  by?: Method['by'],
): Promise<Duplicates> {
  const { nodes, layout } = facts;
  const { checked, method, total: repeated, ids } = await readRepeated(store, facts, by);
  if (repeated === 0) return { checked, method, counts: NONE, told: [], repeated: [] };
  // Only a run that repeats an ID pays for the exact count. A few are looked up; more are not held in memory, but found
  // again while all rows are grouped in the order of the table.
  const few = ids === undefined ? '' : sqlAmong(layout, ids);
  const some = few === '' ? `id in (${sqlRepeated('')} limit ${CANDIDATES_MAX})` : few;
  const [sum] = await store.rows<{ surplus: string }>(
    `select sum(total - 1) as surplus from (
       select id, count() as total from ids ${few === '' ? '' : `where ${few}`} group by id having total > 1
     ) settings optimize_aggregation_in_order = 1`,
  );
  const duplicates = await store.rows<DuplicateRow>(
    `select id, total, emissions from (
       select *, row_number() over (partition by pair order by id) as place, count() over (partition by pair) as places
       from (${emissionsOf(some)}))
     where place in (1, places, intDiv(places + 1, 2))
     order by multiIf(place = 1, 0, place = places, 1, 2), id limit ${WITNESSES_OF_PAIR * WITNESSES_MAX}`,
  );
  const lowest =
    ids === undefined
      ? `id in (${sqlRepeated('')} limit ${REPEATED_MAX})`
      : sqlAmong(layout, ids.slice(0, REPEATED_MAX));
  const listed = await store.rows<DuplicateRow>(
    `select id, total, emissions from (${emissionsOf(lowest)}) order by id`,
  );
  const forgotten = await forgottenInStore(store, facts, rollbacks, few === '' ? `id in (${sqlRepeated('')})` : few);
  const forgottenOf = await forgotten.byId(duplicates.map(({ id }) => id));
  const clues = duplicates.map(cluesOf);
  const batches = await readBatches(store, clues.flat());
  const found = duplicates.map(({ id, total }, index) => ({
    id,
    total: Number(total),
    forgotten: forgottenOf.get(id) ?? 0,
    emissions: clues[index]!.map((clue) => {
      const { first_seq, flags } = batchOf(clue, batches);
      return { clue, call: { firstSeq: Number(first_seq), failed: flags !== 0 } };
    }),
  }));
  const told = oneOfEachPairOfCalls(found);
  const alike = await readAlike(store, layout, told, batches, few);
  const surplus = Number(sum?.surplus ?? 0);
  const counts = { surplus, outside: forgotten.total, delivered: await readDelivered(store, surplus, few) };
  const drafted = told.map((duplicate, index) => ({ ...duplicate, alike: alike[index]! }));
  const list = listed.map((row) => repeatedId(nodes, row.id, Number(row.total), cluesOf(row)));
  return { checked, method, counts, told: drafted, repeated: list };
}

interface DuplicateRow extends Record<string, unknown> {
  readonly id: string;
  readonly total: string;
  readonly emissions: readonly [node: number, incarnation: number, lane: number, seq: string][];
}

function cluesOf({ id, emissions }: DuplicateRow): readonly Clue[] {
  return emissions.map(([node, incarnation, lane, seq]): Clue => ({ node, incarnation, lane, seq: Number(seq), id }));
}

const sqlAmong = (layout: Layout, ids: readonly string[]): string =>
  `id in (${ids.map((id) => sqlId(layout, id)).join(', ')})`;

/**
 * Each ID that was minted more than once, with its first emissions by name, and the lives of the first two. A row is an
 * emission: no position is in the store twice, or the run has no findings.
 */
function emissionsOf(which: string): string {
  return `select id, count() as total,
      groupArraySorted(${SIGHTINGS_MAX})((node, incarnation, lane, seq)) as emissions,
      (emissions[1].1, emissions[1].2, emissions[2].1, emissions[2].2) as pair
    from ids ${which === '' ? '' : `where ${which}`}
    group by id having total > 1`;
}

/** For each of the told, how many IDs its two calls minted both. One pass for all of them. */
async function readAlike(
  store: SqlReader,
  layout: Layout,
  told: readonly Duplicate[],
  batches: readonly BatchRow[],
  few: string,
): Promise<readonly number[]> {
  // What two calls minted both lies among the IDs of the first.
  const ranges = told.map(({ emissions }) => {
    const { min_id: low, max_id: high } = batchOf(emissions[0]!.clue, batches);
    return { low, high };
  });
  const where = few === '' ? sqlWithin(layout, joined(ranges)) : few;
  const within = ({ clue }: Emission, place: number): string => {
    const { node, incarnation, lane, first_seq, count } = batchOf(clue, batches);
    const end = BigInt(first_seq) + BigInt(count);
    return `(emissions[${place}].1, emissions[${place}].2, emissions[${place}].3) = (${node}, ${incarnation}, ${lane})
      and emissions[${place}].4 >= ${first_seq} and emissions[${place}].4 < ${end}`;
  };
  const counts = told.map(
    ({ emissions }, index) => `countIf(${within(emissions[0]!, 1)} and ${within(emissions[1]!, 2)}) as alike_${index}`,
  );
  const [row] = await store.rows<Record<string, string>>(
    `select ${counts.join(', ')} from (${emissionsOf(where)}) settings optimize_aggregation_in_order = 1`,
  );
  return told.map((_, index) => Number(row?.[`alike_${index}`] ?? 1));
}

/** The surplus that remains when calls that failed are left out. */
async function readDelivered(store: SqlReader, surplus: number, where: string): Promise<number> {
  const failed = 'select node, incarnation, lane, first_seq, count from batches where flags != 0 and count > 0';
  const [any] = await store.rows<{ total: string }>(`select count() as total from (${failed})`);
  if (Number(any?.total ?? 0) === 0) return surplus;
  const [sum] = await store.rows<{ delivered: string }>(
    `select sum(greatest(total, 1) - 1) as delivered from (
       select id, countIf(seq >= first_seq + count) as total
       from (select id, node, incarnation, lane, seq from ids ${where === '' ? '' : `where ${where}`}) as emitted
       asof left join (${failed}) as failed
         on emitted.node = failed.node and emitted.incarnation = failed.incarnation and emitted.lane = failed.lane
           and emitted.seq >= failed.first_seq
       group by id)
     settings max_bytes_before_external_group_by = ${GROUPED_IN_MEMORY}`,
  );
  return Number(sum?.delivered ?? 0);
}
