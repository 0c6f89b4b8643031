/**
 * `faithful-encoding`: what a client received at a place of the tap is what was minted there, and no other client received
 * that place. Of the former only answers that were compared are looked at, of the latter all; an ID that was minted and
 * never answered is no matter of this guarantee. An answer in numbers of JSON that are no safe integers is never what was
 * minted: which numbers they are depends on who reads them.
 *
 * The IDs of an answer are those of one call (generators/PROTOCOL.md), so its place lies within one batch.
 */
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import { WITNESSES_MAX } from '../core/finding.ts';
import type { History, RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import type { Lane } from '../core/lanes.ts';
import { lanesOf } from '../core/lanes.ts';
import { idBitsOf, wordsPerId } from '../core/layout.ts';
import { lifeOf, seconds } from '../core/phrases.ts';
import { IN_NUMBERS, NOT_COMPARED, receivedIds } from '../core/received-ids.ts';
import type { RunNs } from '../core/time.ts';
import type { AnsweredTwice, AnswersTwice, ToldPlace } from './shared/answered-twice.ts';
import { answeredTwiceIn, cameTwiceAt, readAnsweredTwice } from './shared/answered-twice.ts';
import type { Draft, WitnessDraft } from './shared/draft.ts';
import { concludeFromHistory, concludeFromStore, promiseOf } from './shared/draft.ts';

/** An answer that is not what was minted. */
interface Unfaithful {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly firstSeq: number;
  readonly count: number;
  /** When it came. */
  readonly at: RunNs;
  /** As in `ReceivedIds`. */
  readonly first: bigint;
  readonly last: bigint;
  readonly digest: bigint;
  /** Undefined: nothing was minted at that place. */
  readonly minted?: { readonly first: bigint; readonly last: bigint };
}

const OK = REQUEST_STATUS.indexOf('ok');

export default {
  judges: 'faithful-encoding',
  summary: 'compares what clients received with what was minted at that place',

  fold(history, promise) {
    promiseOf('faithful-encoding', promise);
    const { requests, batches, ids: words, incomplete } = history;
    const perId = wordsPerId(history.layout);
    const ids = idReader(history);
    const batchOf = batchFinder(history);
    let checked = 0;
    let undecided = 0;
    const unfaithful: Unfaithful[] = [];
    for (let i = 0; i < requests.length; i++) {
      if (!isCompared(requests, i)) continue;
      checked++;
      const batch = batchOf(i);
      if (batch === undefined) {
        if (incomplete === true) undecided++;
        else unfaithful.push(answerOf(requests, i));
        continue;
      }
      const count = requests.count[i]!;
      const from = batches.firstId[batch]! + requests.firstSeq[i]! - batches.firstSeq[batch]!;
      const minted = receivedIds(words.subarray(perId * from, perId * (from + count)), perId);
      if (minted.digest === requests.digest[i]) continue;
      const ends = { first: ids.at(from), last: ids.at(from + count - 1) };
      unfaithful.push({ ...answerOf(requests, i), minted: ends });
    }
    const twice = answeredTwiceIn(requests);
    return concludeFromHistory(
      history,
      draftOf(history, { checked, undecided, changed: unfaithful.length, unfaithful, twice }),
    );
  },

  async sql(store, facts, promise) {
    promiseOf('faithful-encoding', promise);
    const compared = comparedIn(await areFew(store));
    const [counted] = await store.rows<{ checked: string; never: string; changed: string }>(
      `${compared}
       select count() as checked, countIf(not is_minted) as never, countIf(is_minted and minted_digest != digest) as changed
       from answers`,
    );
    const { checked, never, changed } = {
      checked: Number(counted?.checked ?? 0),
      never: Number(counted?.never ?? 0),
      changed: Number(counted?.changed ?? 0),
    };
    const [undecided, violations] = facts.incomplete === true ? [never, changed] : [0, never + changed];
    const twice = await readAnsweredTwice(store);
    const rows =
      violations === 0
        ? []
        : await store.rows<UnfaithfulRow>(
            `${compared}
             select node, incarnation, lane, first_seq, count, received, got_first, got_last, digest, is_minted,
               toString(minted_first) as minted_first, toString(minted_last) as minted_last
             from answers
             where ${facts.incomplete === true ? 'is_minted and' : 'not is_minted or'} minted_digest != digest
             order by received, node, incarnation, lane, first_seq, count, digest limit ${WITNESSES_MAX}`,
          );
    const unfaithful = rows.map(unfaithfulOf);
    return concludeFromStore(
      store,
      facts,
      draftOf(facts, { checked, undecided, changed: violations, unfaithful, twice }),
    );
  },
} satisfies Checker;

function isCompared({ status, digest, count, incarnation }: RequestColumns, i: number): boolean {
  return status[i] === OK && digest[i] !== NOT_COMPARED && count[i]! > 0 && incarnation[i]! > 0;
}

function answerOf(requests: RequestColumns, i: number): Unfaithful {
  return {
    node: requests.node[i]!,
    incarnation: requests.incarnation[i]!,
    lane: requests.lane[i]!,
    firstSeq: requests.firstSeq[i]!,
    count: requests.count[i]!,
    at: requests.received[i]!,
    first: requests.first[i]!,
    last: requests.last[i]!,
    digest: requests.digest[i]!,
  };
}

/** The batch that a request's place lies in, all of it. */
function batchFinder({ requests, batches }: History): (request: number) => number | undefined {
  const keyOf = (node: number, incarnation: number, lane: number): string => `${node}/${incarnation}/${lane}`;
  const lanes = new Map(lanesOf(batches).map((lane) => [keyOf(lane.node, lane.incarnation, lane.lane), lane]));
  // A node answers from one lane for long: no key a request.
  const latest: (Lane | undefined)[] = [];
  return (i) => {
    const [node, incarnation, number] = [requests.node[i]!, requests.incarnation[i]!, requests.lane[i]!];
    let lane = latest[node];
    if (lane?.incarnation !== incarnation || lane.lane !== number)
      latest[node] = lane = lanes.get(keyOf(node, incarnation, number));
    if (lane === undefined) return undefined;
    const first = requests.firstSeq[i]!;
    const batch = lane.batches[lastAtOrBefore(lane.batches, first, batches.firstSeq)];
    if (batch === undefined) return undefined;
    return first + requests.count[i]! <= batches.firstSeq[batch]! + batches.count[batch]! ? batch : undefined;
  };
}

/** The place in `members` of the last one whose value is no greater; -1: there is none. */
function lastAtOrBefore(members: readonly number[], value: number, values: Float64Array): number {
  let low = -1;
  let high = members.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[members[middle]!]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** Where requests found their batches. */
function placed(): string {
  return `
    asked as (
      select node, incarnation, lane, first_seq, count, received, first_id as got_first, last_id as got_last, digest
      from requests where status = ${OK} and digest != ${NOT_COMPARED} and count > 0 and incarnation > 0
    ),
    placed as (
      select a.*, h.first_seq as batch_seq, h.count as batch_count,
        a.first_seq + a.count <= h.first_seq + h.count as is_placed
      from asked as a asof left join (select node, incarnation, lane, first_seq, count from batches where count > 0) as h
        on ${sameLane('a', 'h')} and a.first_seq >= h.first_seq
    ),
    wanted as (select distinct node, incarnation, lane, batch_seq, batch_count from placed where is_placed)`;
}

const sameLane = (a: string, b: string): string =>
  `${a}.node = ${b}.node and ${a}.incarnation = ${b}.incarnation and ${a}.lane = ${b}.lane`;

/** Whether the batches of compared answers hold few of all IDs, and so few that their positions can be held. */
async function areFew(store: SqlReader): Promise<boolean> {
  const [row] = await store.rows<{ compared: string; ids: string }>(
    `with ${placed()}
     select (select sum(batch_count) from wanted) as compared, (select sum(count) from batches) as ids`,
  );
  const compared = Number(row?.compared ?? 0);
  return compared <= FEW && compared * FEW_OF_ALL <= Number(row?.ids ?? 0);
}

/** To look a position up in a set costs a fifth of what a join of its ID does. */
const FEW_OF_ALL = 4;
const FEW = 1_000_000;

/**
 * `answers`: those that were compared, each with what was minted at its place. IDs find their batch by ASOF joins, which
 * hold the batches of compared answers in memory, and no ID but theirs.
 */
function comparedIn(areFew: boolean): string {
  // By itself arrayStringConcat cuts the zeros that end a FixedString, and reinterpretAsString does too; concat keeps them.
  const digest = `reinterpretAsUInt64(substring(MD5(arrayStringConcat(arrayMap(pair -> concat('', reinterpretAsFixedString(pair.2)), part))), 1, 8))`;
  const positions = 'select arrayJoin(range(batch_seq, batch_seq + batch_count)) from wanted';
  const ids = areFew ? `(select node, incarnation, lane, seq, id from ids where seq in (${positions}))` : 'ids';
  return `
    with ${placed()},
    minted as (
      select w.node as node, w.incarnation as incarnation, w.lane as lane, w.batch_seq as batch_seq,
        arraySort(groupArray((i.seq, i.id))) as pairs
      from ${ids} as i asof join wanted as w on ${sameLane('i', 'w')} and i.seq >= w.batch_seq
      where i.seq < w.batch_seq + w.batch_count
      group by node, incarnation, lane, batch_seq
    ),
    answers as (
      select p.node as node, p.incarnation as incarnation, p.lane as lane, p.first_seq as first_seq, p.count as count,
        p.received as received, p.got_first as got_first, p.got_last as got_last, p.digest as digest,
        p.is_placed and length(m.pairs) = p.batch_count as is_minted,
        arraySlice(m.pairs, p.first_seq - p.batch_seq + 1, p.count) as part,
        part[1].2 as minted_first, part[-1].2 as minted_last, greatest(${digest}, 1) as minted_digest
      from placed as p left join minted as m on ${sameLane('p', 'm')} and p.batch_seq = m.batch_seq
    )`;
}

interface UnfaithfulRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly count: number;
  readonly received: string;
  readonly got_first: string;
  readonly got_last: string;
  readonly digest: string;
  readonly is_minted: number;
  readonly minted_first: string;
  readonly minted_last: string;
}

function unfaithfulOf(row: UnfaithfulRow): Unfaithful {
  const { node, incarnation, lane, count } = row;
  return {
    node,
    incarnation,
    lane,
    firstSeq: Number(row.first_seq),
    count,
    at: Number(row.received),
    first: BigInt(row.got_first),
    last: BigInt(row.got_last),
    digest: BigInt(row.digest),
    ...(row.is_minted === 1 && { minted: { first: BigInt(row.minted_first), last: BigInt(row.minted_last) } }),
  };
}

interface Found {
  readonly checked: number;
  readonly undecided: number;
  /** All that are not what was minted; `unfaithful` holds the earliest of them. */
  readonly changed: number;
  readonly unfaithful: readonly Unfaithful[];
  readonly twice: AnswersTwice;
}

function draftOf(
  facts: Pick<SqlFacts, 'layout' | 'nodes'>,
  { checked, undecided, changed, unfaithful, twice }: Found,
): Draft {
  const earliest = [...unfaithful].sort(
    (a, b) =>
      a.at - b.at ||
      a.node - b.node ||
      a.incarnation - b.incarnation ||
      a.lane - b.lane ||
      a.firstSeq - b.firstSeq ||
      a.count - b.count ||
      (a.digest < b.digest ? -1 : 1),
  );
  return {
    guarantee: 'faithful-encoding',
    checked,
    unit: 'answers',
    violations: changed + twice.count,
    outsideAssumptions: 0,
    undecided,
    witnesses: [
      ...earliest.slice(0, WITNESSES_MAX).map((answer) => ({ at: answer.at, witness: witnessOf(facts, answer) })),
      ...twice.earliest.map((pair) => ({ at: cameTwiceAt(pair), witness: witnessOfTwo(facts, pair) })),
    ]
      .sort((a, b) => a.at - b.at)
      .slice(0, WITNESSES_MAX)
      .map(({ witness }) => witness),
  };
}

function witnessOf(facts: Pick<SqlFacts, 'layout' | 'nodes'>, answer: Unfaithful): WitnessDraft {
  const { node, incarnation, lane, firstSeq, count, at, minted } = answer;
  const life = lifeOf({ node: facts.nodes[node]!, incarnation });
  const lastSeq = firstSeq + count - 1;
  const place = placeOf(answer);
  const received = { first: String(answer.first), last: String(answer.last) };
  const told = fromTo(answer, count, idBitsOf(facts.layout));
  if (minted === undefined) {
    const what = `A client received ${told} for ${place} of lane ${lane} of ${life}, where nothing was minted.`;
    return { what, clues: [], at, received };
  }
  const first = { node, incarnation, lane, seq: firstSeq, id: String(minted.first) };
  const last = { ...first, seq: lastSeq, id: String(minted.last) };
  const inNumbers =
    answer.digest === IN_NUMBERS
      ? `, as ${count === 1 ? 'a number' : 'numbers'} of JSON: above 2^53 those are not the same to everybody who reads them (RFC 8259)`
      : undefined;
  const isSame = [minted.first, minted.last].every(
    (id, end) => BigInt.asUintN(64, id) === [answer.first, answer.last][end],
  );
  return {
    what: `${life} minted ${fromTo(minted, count, 64)} at ${place} of lane ${lane}, and its client received ${told}${inNumbers ?? (isSame && count > 1 ? ', with others between them' : '')}.`,
    clues: count === 1 ? [first] : [first, last],
    at,
    received,
  };
}

function witnessOfTwo(facts: Pick<SqlFacts, 'layout' | 'nodes'>, pair: AnsweredTwice): WitnessDraft {
  const { node, incarnation, lane, answer, other } = pair;
  const [before, after] = other.received <= answer.received ? [other, answer] : [answer, other];
  const received = (told: ToldPlace): string =>
    `${told.first === 0n && told.last === 0n ? 'IDs' : fromTo(told, told.count, idBitsOf(facts.layout))} for ${placeOf(told)}, asked for at ${seconds(told.sent)} and received at ${seconds(told.received)}`;
  return {
    what: `Two clients received what ${lifeOf({ node: facts.nodes[node]!, incarnation })} minted once, in lane ${lane}: one ${received(before)}, another ${received(after)}.`,
    clues: [],
    at: after.received,
    received: { first: String(after.first), last: String(after.last) },
    receivedBefore: { first: String(before.first), last: String(before.last), at: before.received },
  };
}

function placeOf({ firstSeq, count }: Pick<ToldPlace, 'firstSeq' | 'count'>): string {
  return count === 1 ? `position ${firstSeq}` : `positions ${firstSeq} to ${firstSeq + count - 1}`;
}

/** Of what a client received, the low 64 bits are known. */
function fromTo(
  { first, last }: { readonly first: bigint; readonly last: bigint },
  count: number,
  bits: 64 | 128,
): string {
  const ends = count === 1 ? String(first) : `${first} to ${last}`;
  return bits === 64 ? ends : `${ends} (the low 64 bits)`;
}
