/**
 * `increasing-per-node`: within a lane each ID exceeds the one before, across batches and rotated files too. Lanes of
 * one life run side by side; between them only closed intervals tell an order: what had returned before a call began
 * must be lower than what that call minted.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { History } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import { type Lane, lanesOf } from '../core/lanes.ts';
import type { Layout } from '../core/layout.ts';
import { lifeOf } from '../core/phrases.ts';
import type { Clue, Draft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';
import { extremesOf } from './shared/extremes.ts';
import { sqlId } from '../core/id-sql.ts';

/** An ID and the one that it should exceed. */
interface Backward {
  /** When the batch with the offending ID was called. */
  readonly called: number;
  readonly before: Clue & { readonly id: string };
  readonly after: Clue & { readonly id: string };
}

interface Counted {
  readonly ids: number;
  readonly violations: number;
  /** The earliest, at least WITNESSES_MAX where there are so many. */
  readonly backward: readonly Backward[];
}

export default {
  judges: 'increasing-per-node',
  summary: 'compares neighbours within each lane, and closed intervals across lanes',

  fold(history, promise) {
    promiseOf('increasing-per-node', promise);
    const lanes = lanesOf(history.batches);
    const within = backwardWithin(history, lanes);
    const across = backwardAcross(history, lanes);
    return concludeFromHistory(history, draftOf(history.nodes, within, across));
  },

  async sql(store, facts, promise) {
    promiseOf('increasing-per-node', promise);
    const within = await readBackwardWithin(store, facts);
    const across = await readBackwardAcross(store, facts);
    return concludeFromStore(store, facts, draftOf(facts.nodes, within, across));
  },
} satisfies Checker;

function draftOf(nodes: readonly string[], within: Counted, across: Counted): Draft {
  const earliest = [...within.backward, ...across.backward].sort(
    (a, b) =>
      a.called - b.called || a.after.node - b.after.node || a.after.lane - b.after.lane || a.after.seq - b.after.seq,
  );
  return {
    guarantee: 'increasing-per-node',
    checked: within.ids,
    unit: 'IDs',
    violations: within.violations + across.violations,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: earliest.slice(0, WITNESSES_MAX).map(({ before, after }) => {
      const life = lifeOf({ node: nodes[after.node]!, incarnation: after.incarnation });
      const where = before.lane === after.lane ? '' : ` in another lane, in a call that had returned before,`;
      return {
        what: `${life} minted ${after.id} after ${before.id}${where} which is not lower.`,
        clues: [before, after],
      };
    }),
  };
}

/** Counts every position; keeps the first of each batch. */
function backwardWithin(history: History, lanes: readonly Lane[]): Counted {
  const { firstId, firstSeq, count, called } = history.batches;
  const reader = idReader(history);
  let ids = 0;
  let violations = 0;
  const backward: Backward[] = [];
  for (const { node, incarnation, lane, batches } of lanes) {
    const clue = (seq: number, index: number) => ({ node, incarnation, lane, seq, id: String(reader.at(index)) });
    let previous: { readonly index: number; readonly seq: number } | undefined;
    for (const batch of batches) {
      const first = firstId[batch]!;
      const end = first + count[batch]!;
      let before = previous;
      if (previous !== undefined && !reader.isGreater(first, previous.index)) violations++;
      else before = undefined;
      let offender = before === undefined ? undefined : first;
      for (let k = first + 1; k < end; k++)
        if (!reader.isGreater(k, k - 1)) {
          violations++;
          if (offender === undefined) {
            offender = k;
            before = { index: k - 1, seq: firstSeq[batch]! + k - 1 - first };
          }
        }
      if (offender !== undefined && before !== undefined)
        backward.push({
          called: called[batch]!,
          before: clue(before.seq, before.index),
          after: clue(firstSeq[batch]! + offender - first, offender),
        });
      ids += end - first;
      previous = { index: end - 1, seq: firstSeq[batch]! + count[batch]! - 1 };
    }
  }
  return { ids, violations, backward };
}

/** One violation a batch whose lowest ID does not exceed all that other lanes of its life had returned before. */
function backwardAcross(history: History, lanes: readonly Lane[]): Counted {
  const { called, returned, firstSeq } = history.batches;
  const ids = idReader(history);
  const backward: Backward[] = [];
  for (const life of Map.groupBy(lanes, ({ node, incarnation }) => `${node}-${incarnation}`).values()) {
    if (life.length < 2) continue;
    const members = life.flatMap((lane) =>
      lane.batches.map((batch) => ({ lane, batch, ...extremesOf(history.batches, ids, batch) })),
    );
    const byReturn = [...members].sort((a, b) => returned[a.batch]! - returned[b.batch]!);
    const greatestOfLane = new Map<Lane, number>();
    let closed = 0;
    for (const { lane, batch, lowest } of members.sort((a, b) => called[a.batch]! - called[b.batch]!)) {
      for (; closed < byReturn.length && returned[byReturn[closed]!.batch]! < called[batch]!; closed++) {
        const done = byReturn[closed]!;
        const known = greatestOfLane.get(done.lane);
        if (known === undefined || ids.isGreater(done.greatest, known)) greatestOfLane.set(done.lane, done.greatest);
      }
      let rival: { readonly lane: Lane; readonly index: number } | undefined;
      for (const other of life) {
        const index = other === lane ? undefined : greatestOfLane.get(other);
        if (index !== undefined && (rival === undefined || ids.isGreater(index, rival.index)))
          rival = { lane: other, index };
      }
      if (rival === undefined || ids.isGreater(lowest, rival.index)) continue;
      const clue = (of: Lane, index: number, seq: number) => ({
        node: of.node,
        incarnation: of.incarnation,
        lane: of.lane,
        seq,
        id: String(ids.at(index)),
      });
      backward.push({
        called: called[batch]!,
        before: clue(rival.lane, rival.index, positionOf(history, rival.lane, rival.index)),
        after: { ...clue(lane, lowest, firstSeq[batch]!), seek: true },
      });
    }
  }
  return { ids: 0, violations: backward.length, backward };
}

/** The sequence number of the ID at an index. */
function positionOf(history: History, lane: Lane, index: number): number {
  const { firstId, firstSeq, count } = history.batches;
  const batch = lane.batches.find((b) => firstId[b]! <= index && index < firstId[b]! + count[b]!)!;
  return firstSeq[batch]! + index - firstId[batch]!;
}

interface WithinRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly count: number;
  readonly called: string;
  readonly first_id: string;
  readonly min_id: string;
  readonly max_id: string;
  /** Of the first neighbours in the batch that are not in order; empty where the store was not told. */
  readonly step: readonly [before: string, after: string];
  readonly previous_seq: string;
  readonly previous_id: string;
  readonly edge: number;
}

async function readBackwardWithin(store: SqlReader, { layout }: SqlFacts): Promise<Counted> {
  const batches = `select node, incarnation, lane, first_seq, count, called, backward, first_id, min_id, max_id, stretches,
      lagInFrame(first_seq + count - 1) over neighbours as previous_seq, lagInFrame(last_id) over neighbours as previous_id,
      count() over neighbours > 1 and first_id <= previous_id as edge
    from batches where count > 0
    window neighbours as (
      partition by node, incarnation, lane order by first_seq rows between 1 preceding and current row)`;
  const [counted] = await store.rows<{ checked: string; violations: string }>(
    `select sum(count) as checked, sum(backward) + sum(edge) as violations from (${batches})`,
  );
  const violations = Number(counted?.violations ?? 0);
  const rows =
    violations === 0
      ? []
      : await store.rows<WithinRow>(
          `select * except stretches, ${FIRST_STEP} as step from (${batches}) where backward > 0 or edge
           order by called, node, lane, first_seq limit ${WITNESSES_MAX}`,
        );
  const backward: Backward[] = [];
  for (const row of rows) {
    const { node, incarnation, lane } = row;
    const clue = (seq: number, id: string) => ({ node, incarnation, lane, seq, id });
    const pair = row.edge === 1 ? undefined : await firstBackwardPair(store, layout, row);
    backward.push({
      called: Number(row.called),
      before: pair ? clue(pair[0].seq, pair[0].id) : clue(Number(row.previous_seq), row.previous_id),
      after: pair ? clue(pair[1].seq, pair[1].id) : clue(Number(row.first_seq), row.first_id),
    });
  }
  return { ids: Number(counted?.checked ?? 0), violations, backward };
}

type Positioned = { readonly seq: number; readonly id: string };

/** A stretch that begins no higher than the one before it ended begins with a step back. */
const FIRST_STEP = `arrayFirst(
    step -> stretches[step.3 + 1] <= stretches[step.3],
    arrayMap(k -> (toString(stretches[2 * k]), toString(stretches[2 * k + 1]), 2 * k), range(1, toUInt32(length(stretches) / 2))))`;

/** The same from the IDs themselves, of a batch of which an earlier version of the store did not tell it. */
async function firstStep(
  store: SqlReader,
  layout: Layout,
  { node, incarnation, lane, first_seq, count, min_id, max_id }: WithinRow,
): Promise<readonly [before: string, after: string]> {
  const [row] = await store.rows<{ before: string; after: string }>(
    `select toString(previous) as before, toString(id) as after from (
       select seq, id, lagInFrame(id) over (order by seq rows between 1 preceding and current row) as previous
       from ids
       where id between ${sqlId(layout, min_id)} and ${sqlId(layout, max_id)} and node = ${node}
         and incarnation = ${incarnation} and lane = ${lane} and seq >= ${first_seq} and seq < ${first_seq} + ${count})
     where seq > ${first_seq} and id <= previous order by seq limit 1`,
  );
  return [row?.before ?? '', row?.after ?? ''];
}

/** The first two neighbours in a batch that are not in order: which IDs they are is told, but not where. */
async function firstBackwardPair(
  store: SqlReader,
  layout: Layout,
  batch: WithinRow,
): Promise<[Positioned, Positioned]> {
  const { node, incarnation, lane, first_seq, count } = batch;
  const [before, after] = batch.step[0] === '' ? await firstStep(store, layout, batch) : batch.step;
  const rows = await store.rows<{ seq: string; id: string }>(
    `select seq, id from ids
     where id in (${sqlId(layout, before)}, ${sqlId(layout, after)}) and node = ${node} and incarnation = ${incarnation}
       and lane = ${lane} and seq >= ${first_seq} and seq < ${first_seq} + ${count}
     order by seq`,
  );
  const at = rows.findIndex(
    ({ seq, id }, k) =>
      k > 0 && id === after && rows[k - 1]!.id === before && Number(seq) === Number(rows[k - 1]!.seq) + 1,
  );
  if (at < 0) throw new Error('a batch counts backward positions, and its IDs have none');
  return [
    { seq: Number(rows[at - 1]!.seq), id: before },
    { seq: Number(rows[at]!.seq), id: after },
  ];
}

interface AcrossRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly called: string;
  readonly lowest: string;
  /** ID, order, lane: of equal IDs that of the lowest lane. */
  readonly rival: [string, number, number];
}

/** Calls and returns of each life in one stream; a return at the very moment of a call is no earlier than it. */
async function readBackwardAcross(store: SqlReader, { layout }: SqlFacts): Promise<Counted> {
  const lives = `select node, incarnation from batches where count > 0
    group by node, incarnation having uniqExact(lane) > 1`;
  const events = `select node, incarnation, lane, first_seq, called as at, 0 as closes, min_id as lowest, 0 as greatest
      from batches where count > 0 and (node, incarnation) in (${lives})
    union all
    select node, incarnation, lane, first_seq, returned as at, 1 as closes, 0 as lowest, max_id as greatest
      from batches where count > 0 and (node, incarnation) in (${lives})`;
  const calls = `select node, incarnation, lane, first_seq, at as called, closes, lowest,
      maxMap(if(closes = 1, map(lane, greatest), map())) over (
        partition by node, incarnation order by at, closes rows between unbounded preceding and current row) as returned,
      arrayReverseSort(arrayMap(l -> (returned[l], 65535 - l, l), arrayFilter(l -> l != lane, mapKeys(returned))))[1] as rival
    from (${events})`;
  const accused = `select * from (${calls}) 
    where closes = 0 and rival.1 >= lowest and arrayExists(l -> l != lane, mapKeys(returned))`;
  const [counted] = await store.rows<{ violations: string }>(`select count() as violations from (${accused})`);
  const violations = Number(counted?.violations ?? 0);
  if (violations === 0) return { ids: 0, violations, backward: [] };
  const rows = await store.rows<AcrossRow>(
    `select node, incarnation, lane, first_seq, called, lowest, rival from (${accused})
     order by called, node, lane, first_seq limit ${WITNESSES_MAX}`,
  );
  const backward: Backward[] = [];
  for (const { node, incarnation, lane, first_seq, called, lowest, rival } of rows) {
    const [rivalId, , rivalLane] = rival;
    const [position] = await store.rows<{ seq: string }>(
      `select min(seq) as seq from ids
       where id = ${sqlId(layout, rivalId)} and node = ${node} and incarnation = ${incarnation} and lane = ${rivalLane}`,
    );
    backward.push({
      called: Number(called),
      before: { node, incarnation, lane: rivalLane, seq: Number(position!.seq), id: rivalId },
      after: { node, incarnation, lane, seq: Number(first_seq), id: lowest, seek: true },
    });
  }
  return { ids: 0, violations, backward };
}
