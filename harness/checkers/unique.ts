/**
 * `unique`: no ID is minted twice. By mint, not by delivery: two sightings of one ID are a duplicate only when they
 * differ in (node, incarnation, lane, seq), so a segment that was stored twice accuses nobody.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import type { Finding, Method } from '../core/finding.ts';
import { REPEATED_MAX } from '../core/finding.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { History } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { lanesOf } from '../core/lanes.ts';
import { wordsPerId } from '../core/layout.ts';
import { counted, grouped, lifeOf, times } from '../core/phrases.ts';
import type { Rollback } from '../core/rollback.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import type { Duplicate, Duplicates, Emission, Told } from './shared/duplicates.ts';
import { callsOf, oneOfEachPairOfCalls, repeatedId, SIGHTINGS_MAX } from './shared/duplicates.ts';
import { readDuplicates } from './shared/duplicates-in-store.ts';
import { excusing, forgottenInHistory } from './shared/forgotten.ts';

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
    return concludeFromHistory(history, draftOf(history.nodes, { checked, method, counts, told, repeated: listed }));
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
  const rollbacks = excusing(promiseOf('unique', promise), facts.rollbacks);
  const duplicates = await readDuplicates(store, facts, rollbacks, by);
  return concludeFromStore(store, facts, draftOf(facts.nodes, duplicates));
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

function draftOf(
  nodes: readonly string[],
  { checked, method, counts: { surplus, outside, delivered }, told, repeated }: Duplicates,
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
