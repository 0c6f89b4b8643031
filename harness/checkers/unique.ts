/**
 * `unique`: no ID is minted twice. By mint, not by delivery: two sightings of one ID are a duplicate only when they
 * differ in (node, incarnation, lane, seq), so a segment that was stored twice accuses nobody.
 */
import type { Checker } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/checker.ts';
import type { History } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import { wordsPerId } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Rollback } from '../core/rollback.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { excusing, forgottenInHistory, forgottenInStore } from './shared/forgotten.ts';

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
  /** Of those beyond the first, how many need a coordinator that went back. */
  readonly forgotten: number;
  /** The first of its emissions, by name. */
  readonly emissions: readonly Clue[];
}

export default {
  judges: 'unique',
  summary: 'sorts all IDs and looks at neighbours',

  fold(history, promise) {
    const rollbacks = excusing(promiseOf('unique', promise), history.rollbacks);
    const words = lowWordsOfBatches(history);
    const checked = words.length;
    const repeated = repeatedWords(words);
    const duplicates = repeated.size === 0 ? [] : duplicatesOf(history, repeated, rollbacks);
    const surplus = duplicates.reduce((sum, { total }) => sum + total - 1, 0);
    const outside = duplicates.reduce((sum, { forgotten }) => sum + forgotten, 0);
    return concludeFromHistory(history, draftOf(history.nodes, checked, { surplus, outside }, spread(duplicates)));
  },

  async sql(store, facts, promise) {
    const rollbacks = excusing(promiseOf('unique', promise), facts.rollbacks);
    const [counted] = await store.rows<{ checked: string }>('select count() as checked from ids');
    const checked = Number(counted?.checked ?? 0);
    // The table is ordered by ID: this streams, in bounded memory, whatever the number of rows.
    const [candidates] = await store.rows<{ total: string }>(`select count() as total from (${CANDIDATES})`);
    const repeated = Number(candidates?.total ?? 0);
    if (repeated === 0)
      return concludeFromStore(store, facts, draftOf(facts.nodes, checked, { surplus: 0, outside: 0 }, []));
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
    const forgotten = await forgottenInStore(store, facts.layout, rollbacks, `id in (${CANDIDATES})`);
    const forgottenOf = await forgotten.byId(duplicates.map(({ id }) => id));
    const found = duplicates.map(({ id, total, emissions }) => ({
      id,
      total: Number(total),
      forgotten: forgottenOf.get(id) ?? 0,
      emissions: emissions.map(([node, incarnation, lane, seq]) => ({ node, incarnation, lane, seq: Number(seq), id })),
    }));
    const counts = { surplus: Number(sum?.surplus ?? 0), outside: forgotten.total };
    return concludeFromStore(store, facts, draftOf(facts.nodes, checked, counts, found));
  },
} satisfies Checker;

/** The low 64 bits of all IDs of all batches, in one array of their own. */
function lowWordsOfBatches(history: History): BigUint64Array {
  const { firstId, count, length } = history.batches;
  const total = count.subarray(0, length).reduce((sum, n) => sum + n, 0);
  const perId = wordsPerId(history.layout);
  const from = halvesOf(history.ids);
  const words = new BigUint64Array(total);
  const to = halvesOf(words);
  let next = 0;
  for (let i = 0; i < length; i++)
    for (let k = firstId[i]!, end = k + count[i]!; k < end; k++) {
      to[next++] = from[2 * perId * k]!;
      to[next++] = from[2 * perId * k + 1]!;
    }
  return words;
}

/** The words that occur more than once. Sorts them in place. */
function repeatedWords(words: BigUint64Array): Set<bigint> {
  const halves = halvesOf(words.sort());
  const repeated = new Set<bigint>();
  for (let k = 2; k < halves.length; k += 2)
    if (halves[k] === halves[k - 2] && halves[k + 1] === halves[k - 1]) repeated.add(words[k / 2]!);
  return repeated;
}

/** The same memory in words of 32 bits: a `bigint` for each would cost more than the whole check. */
function halvesOf(words: BigUint64Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
}

/** Every duplicate among IDs whose low word is `repeated`, in order of ID, its emissions in order of their names. */
function duplicatesOf(history: History, repeated: ReadonlySet<bigint>, rollbacks: readonly Rollback[]): Duplicate[] {
  const forgottenOf = forgottenInHistory(history, rollbacks);
  const { firstId, firstSeq, count } = history.batches;
  const perId = wordsPerId(history.layout);
  const ids = idReader(history);
  const emissions = new Map<bigint, (Clue & { readonly batch: number })[]>();
  for (const { node, incarnation, lane, batches } of lanesOf(history.batches))
    for (const batch of batches)
      for (let k = 0; k < count[batch]!; k++) {
        const index = firstId[batch]! + k;
        if (!repeated.has(history.ids[perId * index]!)) continue;
        const id = ids.at(index);
        const known = emissions.get(id) ?? [];
        emissions.set(id, known);
        const last = known.at(-1);
        const seq = firstSeq[batch]! + k;
        const sameEmission =
          last?.node === node && last.incarnation === incarnation && last.lane === lane && last.seq === seq;
        if (!sameEmission) known.push({ node, incarnation, lane, seq, id: String(id), batch });
      }
  return [...emissions]
    .filter(([, all]) => all.length > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, all]) => ({
      id: String(id),
      total: all.length,
      forgotten: forgottenOf(all.map(({ batch }) => batch)),
      emissions: all.slice(0, SIGHTINGS_MAX).map(({ batch: _batch, ...clue }) => clue),
    }));
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
  { surplus, outside }: { readonly surplus: number; readonly outside: number },
  duplicates: readonly Duplicate[],
): Draft {
  return {
    guarantee: 'unique',
    checked,
    unit: 'IDs',
    violations: surplus,
    outsideAssumptions: outside,
    undecided: 0,
    witnesses: duplicates.map(({ id, total, forgotten, emissions }) => {
      const lives = new Set(emissions.map(({ node, incarnation }) => lifeOf({ node: nodes[node]!, incarnation })));
      return {
        what: `ID ${id} was minted ${total} times, by ${[...lives].join(' and ')}.`,
        clues: emissions,
        ...(forgotten === total - 1 && { outsideAssumptions: true as const }),
      };
    }),
  };
}
