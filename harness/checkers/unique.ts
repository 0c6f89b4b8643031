/**
 * `unique`: no ID is minted twice. By mint, not by delivery: two sightings of one ID are a duplicate only when they
 * differ in (node, incarnation, lane, seq), so a segment that was stored twice accuses nobody.
 */
import type { Checker } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/checker.ts';
import type { History } from '../core/history.ts';
import { wordsOf } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';

/**
 * Witnesses of one pair of lives: its lowest IDs and its greatest. More of the same would crowd out what else happened;
 * the last may have another cause than the first.
 */
const LOWEST_OF_PAIR = 2;
/** Sightings told of one ID; a sentinel may be minted a million times. */
const SIGHTINGS_MAX = 4;
/** IDs that occur in more than one row, lowest first. */
const CANDIDATES = 'select id from ids order by id limit 1 offset 1 by id';
/** Candidates that the store holds in memory at most; beyond, witnesses are sought among the lowest. */
const CANDIDATES_MAX = 1_000_000;

interface Duplicate {
  readonly id: string;
  /** How many times it was minted. */
  readonly total: number;
  /** The first of its emissions, by name. */
  readonly emissions: readonly Clue[];
}

export default {
  judges: 'unique',
  summary: 'sorts all IDs and looks at neighbours',

  fold(history, promise) {
    promiseOf('unique', promise);
    const ids = idsOfBatches(history);
    const repeated = repeatedIds(ids);
    const duplicates = repeated.size === 0 ? [] : duplicatesOf(history, repeated);
    const surplus = duplicates.reduce((sum, { total }) => sum + total - 1, 0);
    return concludeFromHistory(history, draftOf(history.nodes, ids.length, surplus, spread(duplicates)));
  },

  async sql(store, facts, promise) {
    promiseOf('unique', promise);
    const [counted] = await store.rows<{ checked: string }>('select count() as checked from ids');
    const checked = Number(counted?.checked ?? 0);
    // The table is ordered by ID: this streams, in bounded memory, whatever the number of rows.
    const [candidates] = await store.rows<{ total: string }>(`select count() as total from (${CANDIDATES})`);
    const repeated = Number(candidates?.total ?? 0);
    if (repeated === 0) return concludeFromStore(store, facts, draftOf(facts.nodes, checked, 0, []));
    // Only a run that repeats an ID pays for the exact count. A few candidates are looked up; more are not held in
    // memory, but found again while all rows are grouped in the order of the table.
    const few = repeated <= CANDIDATES_MAX ? `where id in (${CANDIDATES})` : '';
    const [sum] = await store.rows<{ surplus: string }>(
      `select sum(total - 1) as surplus from (
         select id, uniqExact(node, incarnation, lane, seq) as total from ids ${few} group by id having count() > 1
       ) settings optimize_aggregation_in_order = 1`,
    );
    const duplicates = await store.rows<{ id: string; total: string; emissions: [number, number, number, string][] }>(
      `select id, total, emissions from (
         select id, uniqExact(node, incarnation, lane, seq) as total,
           arraySlice(arrayDistinct(groupArraySorted(${4 * SIGHTINGS_MAX})((node, incarnation, lane, seq))), 1, ${SIGHTINGS_MAX}) as emissions,
           (emissions[1].1, emissions[1].2, emissions[2].1, emissions[2].2) as pair
         from ids
         where id in (${CANDIDATES} limit ${CANDIDATES_MAX})
         group by id having total > 1)
       qualify row_number() over (partition by pair order by id) <= ${LOWEST_OF_PAIR}
         or row_number() over (partition by pair order by id desc) = 1
       order by id limit ${WITNESSES_MAX}`,
    );
    const found = duplicates.map(({ id, total, emissions }) => ({
      id,
      total: Number(total),
      emissions: emissions.map(([node, incarnation, lane, seq]) => ({ node, incarnation, lane, seq: Number(seq), id })),
    }));
    return concludeFromStore(store, facts, draftOf(facts.nodes, checked, Number(sum?.surplus ?? 0), found));
  },
} satisfies Checker;

/** All IDs of all batches, in one array of their own. */
function idsOfBatches(history: History): BigUint64Array {
  const { firstId, count, length } = history.batches;
  const total = count.subarray(0, length).reduce((sum, n) => sum + n, 0);
  const from = wordsOf(history.ids);
  const ids = new BigUint64Array(total);
  const to = wordsOf(ids);
  let next = 0;
  for (let i = 0; i < length; i++)
    for (let k = 2 * firstId[i]!, end = k + 2 * count[i]!; k < end; k++) to[next++] = from[k]!;
  return ids;
}

/** The IDs that occur more than once. Sorts `ids` in place. */
function repeatedIds(ids: BigUint64Array): Set<bigint> {
  const words = wordsOf(ids.sort());
  const repeated = new Set<bigint>();
  for (let k = 2; k < words.length; k += 2)
    if (words[k] === words[k - 2] && words[k + 1] === words[k - 1]) repeated.add(ids[k / 2]!);
  return repeated;
}

/** Every duplicate among `repeated` in order of ID, its emissions in order of their names. */
function duplicatesOf(history: History, repeated: ReadonlySet<bigint>): Duplicate[] {
  const { firstId, firstSeq, count } = history.batches;
  const emissions = new Map<bigint, Clue[]>();
  for (const { node, incarnation, lane, batches } of lanesOf(history.batches))
    for (const batch of batches)
      for (let k = 0; k < count[batch]!; k++) {
        const id = history.ids[firstId[batch]! + k]!;
        if (!repeated.has(id)) continue;
        const known = emissions.get(id) ?? [];
        emissions.set(id, known);
        const last = known.at(-1);
        const seq = firstSeq[batch]! + k;
        const sameEmission =
          last?.node === node && last.incarnation === incarnation && last.lane === lane && last.seq === seq;
        if (!sameEmission) known.push({ node, incarnation, lane, seq, id: String(id) });
      }
  return [...emissions]
    .filter(([, all]) => all.length > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, all]) => ({ id: String(id), total: all.length, emissions: all.slice(0, SIGHTINGS_MAX) }));
}

/** The lowest few and the greatest of each pair of lives, in order of ID. */
function spread(duplicates: readonly Duplicate[]): Duplicate[] {
  const pairOf = ({ emissions }: Duplicate): string =>
    emissions
      .slice(0, 2)
      .map(({ node, incarnation }) => `${node}-${incarnation}`)
      .join(' ');
  const chosen = new Set(
    [...Map.groupBy(duplicates, pairOf).values()].flatMap((ofPair) => [
      ...ofPair.slice(0, LOWEST_OF_PAIR),
      ofPair.at(-1)!,
    ]),
  );
  return duplicates.filter((duplicate) => chosen.has(duplicate));
}

function draftOf(
  nodes: readonly string[],
  checked: number,
  violations: number,
  duplicates: readonly Duplicate[],
): Draft {
  return {
    guarantee: 'unique',
    checked,
    unit: 'IDs',
    violations,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: duplicates.map(({ id, total, emissions }) => {
      const lives = new Set(emissions.map(({ node, incarnation }) => lifeOf({ node: nodes[node]!, incarnation })));
      return { what: `ID ${id} was minted ${total} times, by ${[...lives].join(' and ')}.`, clues: emissions };
    }),
  };
}
