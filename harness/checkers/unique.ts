/**
 * `unique`: no ID is minted twice. By mint, not by delivery: two sightings of one ID are a duplicate only when they
 * differ in (node, incarnation, lane, seq), so a segment that was stored twice accuses nobody.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import type { Finding, Method, RepeatedId } from '../core/finding.ts';
import { REPEATED_MAX, WITNESSES_MAX } from '../core/finding.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { History } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import { sqlId } from '../core/id-sql.ts';
import type { Layout } from '../core/layout.ts';
import { wordsPerId } from '../core/layout.ts';
import { counted, grouped, lifeOf, times } from '../core/phrases.ts';
import type { Rollback } from '../core/rollback.ts';
import type { BatchRow, Clue, Draft } from './shared/draft.ts';
import { batchOf, concludeFromHistory, concludeFromStore, promiseOf, readBatches } from './shared/draft.ts';
import { excusing, forgottenInHistory, forgottenInStore } from './shared/forgotten.ts';
import { readRepeated, sqlRepeated } from './shared/repeated-ids.ts';
import { joined, sqlWithin } from './shared/stretches.ts';

/**
 * Witnesses of one pair of lives at most: its lowest ID, its greatest and that in the middle, and of the greatest none
 * before each pair has its lowest. More of the same would crowd out what else happened; the last may have another cause
 * than the first. Those of one pair of calls are one.
 */
const WITNESSES_OF_PAIR = 3;
/** Sightings told of one ID; a sentinel may be minted a million times. */
const SIGHTINGS_MAX = 4;
/** Repeated IDs that the store holds in memory at most; beyond, witnesses are sought among the lowest. */
const CANDIDATES_MAX = 200_000;

interface Duplicate {
  readonly id: string;
  /** How many times it was minted. */
  readonly total: number;
  /** Of those beyond the first, how many need a coordinator that went back. */
  readonly forgotten: number;
  /** How many of its emissions are of calls that did not fail: others reached no client. */
  readonly delivered?: number;
  /** The first of its emissions, by name. */
  readonly emissions: readonly Emission[];
}

interface Emission {
  readonly clue: Clue;
  /** The call that it is of: the position of its first ID, and whether it failed. */
  readonly call: { readonly firstSeq: number; readonly failed: boolean };
}

/** A duplicate that stands for all of its pair of calls. */
interface Told extends Duplicate {
  /** How many IDs the same two calls minted, itself among them. */
  readonly alike: number;
}

interface Counts {
  readonly surplus: number;
  readonly outside: number;
  /** Of the surplus, what calls that did not fail minted among themselves. */
  readonly delivered: number;
}

const NONE: Counts = { surplus: 0, outside: 0, delivered: 0 };

export default {
  judges: 'unique',
  summary: 'compares increasing stretches of IDs, and neighbours in the order of all IDs where these meet',

  fold(history, promise) {
    const rollbacks = excusing(promiseOf('unique', promise), history.rollbacks);
    const words = lowWordsOfBatches(history);
    const checked = words.length;
    const repeated = repeatedWords(words);
    const duplicates = repeated.size === 0 ? [] : duplicatesOf(history, repeated, rollbacks);
    const surplus = duplicates.reduce((sum, { total }) => sum + total - 1, 0);
    const outside = duplicates.reduce((sum, { forgotten }) => sum + forgotten, 0);
    const delivered = duplicates.reduce((sum, duplicate) => sum + Math.max(0, duplicate.delivered! - 1), 0);
    const alike = Map.groupBy(duplicates, callsOf);
    const told = oneOfEachPairOfCalls(spread(duplicates)).map((duplicate) => ({
      ...duplicate,
      alike: alike.get(callsOf(duplicate))!.length,
    }));
    const method: Method = { by: 'order of all IDs', ids: checked, compared: checked };
    const listed = duplicates.slice(0, REPEATED_MAX).map(({ id, total, emissions }) =>
      repeatedId(
        history.nodes,
        id,
        total,
        emissions.map(({ clue }) => clue),
      ),
    );
    const counts = { surplus, outside, delivered };
    return concludeFromHistory(history, draftOf(history.nodes, checked, method, counts, told, listed));
  },

  sql: (store, facts, promise) => readUnique(store, facts, promise),
} satisfies Checker;

/** `by`: to find repeated IDs this way, whatever the batches are like. */
export async function readUnique(
  store: SqlReader,
  facts: SqlFacts,
  promise: Promise_,
  by?: Method['by'],
): Promise<Finding> {
  const { nodes, layout, rollbacks: all } = facts;
  const rollbacks = excusing(promiseOf('unique', promise), all);
  const { checked, method, total: repeated, ids } = await readRepeated(store, facts, by);
  if (repeated === 0) return concludeFromStore(store, facts, draftOf(nodes, checked, method, NONE, [], []));
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
  return concludeFromStore(store, facts, draftOf(nodes, checked, method, counts, drafted, list));
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
       group by id)`,
  );
  return Number(sum?.delivered ?? 0);
}

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
  const { firstId, firstSeq, count, flags } = history.batches;
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
      delivered: all.filter(({ batch }) => flags[batch] === 0).length,
      emissions: all.slice(0, SIGHTINGS_MAX).map(({ batch, ...clue }) => ({
        clue,
        call: { firstSeq: firstSeq[batch]!, failed: flags[batch] !== 0 },
      })),
    }));
}

/** The lowest of each pair of lives, then the greatest of each, then those in the middle; each in order of ID. */
function spread(duplicates: readonly Duplicate[]): readonly Duplicate[] {
  const pairOf = ({ emissions }: Duplicate): string =>
    emissions
      .slice(0, 2)
      .map(({ clue: { node, incarnation } }) => `${node}-${incarnation}`)
      .join(' ');
  const pairs = [...Map.groupBy(duplicates, pairOf).values()];
  const chosen = [
    ...pairs.map((ofPair) => ofPair[0]!),
    ...inOrder(pairs.map((ofPair) => ofPair.at(-1)!)),
    ...inOrder(pairs.map((ofPair) => ofPair[Math.floor((ofPair.length + 1) / 2) - 1]!)),
  ];
  return [...new Set(chosen)];
}

function inOrder(duplicates: readonly Duplicate[]): readonly Duplicate[] {
  return [...duplicates].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

/** The first of each pair of calls: the others would tell the same story again. */
function oneOfEachPairOfCalls(duplicates: readonly Duplicate[]): readonly Duplicate[] {
  return [...Map.groupBy(duplicates, callsOf).values()].map(([first]) => first!).slice(0, WITNESSES_MAX);
}

/** The calls that minted it first and second, by name. */
function callsOf({ emissions }: Duplicate): string {
  return emissions
    .slice(0, 2)
    .map(({ clue: { node, incarnation, lane }, call: { firstSeq } }) => [node, incarnation, lane, firstSeq].join('-'))
    .join(' ');
}

function draftOf(
  nodes: readonly string[],
  checked: number,
  method: Method,
  { surplus, outside, delivered }: Counts,
  told: readonly Told[],
  repeated: readonly RepeatedId[],
): Draft {
  return {
    guarantee: 'unique',
    checked,
    ...(checked > 0 && { method }),
    ...(repeated.length > 0 && { repeated }),
    unit: 'IDs',
    violations: surplus,
    outsideAssumptions: outside,
    undecided: 0,
    witnesses: told.map((duplicate) => {
      const { id, total, forgotten, emissions } = duplicate;
      const lives = livesOf(emissions, nodes);
      const what = [
        `ID ${id} was minted ${times(total)}, by ${lives.join(' and ')}.`,
        ...tellAlike(duplicate),
        ...tellFailed(duplicate, nodes, delivered === 0 ? surplus : undefined),
      ];
      return {
        what: what.join(' '),
        clues: emissions.map(({ clue }) => clue),
        ...(forgotten === total - 1 && { outsideAssumptions: true as const }),
      };
    }),
  };
}

function repeatedId(nodes: readonly string[], id: string, times: number, clues: readonly Clue[]): RepeatedId {
  const sightings = clues.map(({ node, incarnation, lane, seq }) => ({ node: nodes[node]!, incarnation, lane, seq }));
  return { id, times, sightings };
}

function tellAlike({ alike, emissions: [first, second] }: Told): readonly string[] {
  if (alike === 1) return [];
  const { clue: a, call: one } = first!;
  const { clue: b, call: other } = second!;
  const same =
    a.node === b.node && a.incarnation === b.incarnation && a.lane === b.lane && one.firstSeq === other.firstSeq;
  const more = `So ${alike === 2 ? 'was' : 'were'} ${counted(alike - 1, 'more ID')}`;
  return [`${more} of the same ${same ? 'call' : 'two calls'}.`];
}

/** `all`: how many violations there are, when every one of them needs a call that failed. */
function tellFailed({ emissions }: Told, nodes: readonly string[], all: number | undefined): readonly string[] {
  const failed = livesOf(
    emissions.filter(({ call }) => call.failed),
    nodes,
  );
  if (failed.length === 0) return [];
  return [
    `The ${failed.length === 1 ? 'call' : 'calls'} of ${failed.join(' and ')} failed and left IDs behind, which no client got.`,
    ...(all === undefined ? [] : [`So it is with every violation (${grouped(all)}): no ID reached two clients.`]),
  ];
}

function livesOf(emissions: readonly Emission[], nodes: readonly string[]): readonly string[] {
  return [...new Set(emissions.map(({ clue: { node, incarnation } }) => lifeOf({ node: nodes[node]!, incarnation })))];
}
