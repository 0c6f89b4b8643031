/**
 * Answers to two requests that name one place, or parts of one: the IDs that were minted there went out twice, each time as
 * if they were new, as by a proxy that replays an answer. Clients of the harness ask once: none of them repeats a request.
 * Once as a fold, once as SQL.
 */
import { WITNESSES_MAX } from '../../core/finding.ts';
import type { RequestColumns } from '../../core/history.ts';
import { gotIds, REQUEST_STATUS } from '../../core/history.ts';
import type { SqlReader } from '../../core/checker.ts';
import type { RunNs } from '../../core/time.ts';

/** What one client was told: where its IDs were minted, and which they are. */
export interface ToldPlace {
  readonly firstSeq: number;
  readonly count: number;
  readonly sent: RunNs;
  readonly received: RunNs;
  /** As in `ReceivedIds`; 0 where nothing was compared. */
  readonly first: bigint;
  readonly last: bigint;
}

/** An answer, and the one among those at lower places, or at its own, that reaches the furthest. */
export interface AnsweredTwice {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly answer: ToldPlace;
  readonly other: ToldPlace;
}

export interface AnswersTwice {
  /** Answers that name a place which another named: of two that are the same, one. */
  readonly count: number;
  /** At most WITNESSES_MAX, by when the later of the two came. */
  readonly earliest: readonly AnsweredTwice[];
}

/** When the later of the two came. */
export function cameTwiceAt({ answer, other }: AnsweredTwice): RunNs {
  return Math.max(answer.received, other.received);
}

export function answeredTwiceIn(requests: RequestColumns): AnswersTwice {
  const { node, incarnation, lane, firstSeq, count, sent, received, first, last } = requests;
  const acknowledged = Array.from({ length: requests.length }, (_, i) => i).filter(
    (i) => gotIds(requests, i) && incarnation[i]! > 0,
  );
  const inLane = (a: number, b: number): number =>
    node[a]! - node[b]! || incarnation[a]! - incarnation[b]! || lane[a]! - lane[b]!;
  acknowledged.sort(
    (a, b) =>
      inLane(a, b) ||
      firstSeq[a]! - firstSeq[b]! ||
      received[a]! - received[b]! ||
      sent[a]! - sent[b]! ||
      count[a]! - count[b]! ||
      order(first[a]!, first[b]!) ||
      order(last[a]!, last[b]!),
  );
  const toldAt = (i: number): ToldPlace => ({
    firstSeq: firstSeq[i]!,
    count: count[i]!,
    sent: sent[i]!,
    received: received[i]!,
    first: first[i]!,
    last: last[i]!,
  });
  const endOf = (i: number): number => firstSeq[i]! + count[i]!;
  const twice: AnsweredTwice[] = [];
  let furthest: number | undefined;
  for (const i of acknowledged) {
    if (furthest === undefined || inLane(furthest, i) !== 0) furthest = i;
    else {
      if (endOf(furthest) > firstSeq[i]!)
        twice.push({
          ...{ node: node[i]!, incarnation: incarnation[i]!, lane: lane[i]! },
          ...{ answer: toldAt(i), other: toldAt(furthest) },
        });
      // Of several that reach as far the last, which is the greatest of their tuples.
      if (endOf(i) >= endOf(furthest)) furthest = i;
    }
  }
  return { count: twice.length, earliest: inTime(twice).slice(0, WITNESSES_MAX) };
}

export async function readAnsweredTwice(store: SqlReader): Promise<AnswersTwice> {
  const [counted] = await store.rows<{ twice: string }>(
    `select countIf(first_seq < furthest) as twice from (
       select first_seq, max(first_seq + count) over lane_so_far as furthest from requests where ${ACKNOWLEDGED}
       window lane_so_far as (${LANE_SO_FAR}))`,
  );
  const count = Number(counted?.twice ?? 0);
  if (count === 0) return { count, earliest: [] };
  const rows = await store.rows<TwiceRow>(
    `select node, incarnation, lane, first_seq, count, sent, received, first_id, last_id,
       other.2 as other_first_seq, other.1 - other.2 as other_count, other.4 as other_sent, other.3 as other_received,
       other.6 as other_first_id, other.7 as other_last_id
     from (
       select *, max((first_seq + count, first_seq, received, sent, count, first_id, last_id)) over lane_so_far as other
       from requests where ${ACKNOWLEDGED} window lane_so_far as (${LANE_SO_FAR}))
     where first_seq < other.1
     order by greatest(received, other_received), node, incarnation, lane, first_seq, received, sent, count, first_id, last_id
     limit ${WITNESSES_MAX}`,
  );
  return { count, earliest: rows.map(twiceOf) };
}

const ACKNOWLEDGED = `status = ${REQUEST_STATUS.indexOf('ok')} and count > 0 and incarnation > 0`;
/** All answers of the lane before this one, by place; of one place, by time. */
const LANE_SO_FAR = `partition by node, incarnation, lane
  order by first_seq, received, sent, count, first_id, last_id rows between unbounded preceding and 1 preceding`;

interface TwiceRow extends Record<string, unknown> {
  readonly node: number;
  readonly incarnation: number;
  readonly lane: number;
  readonly first_seq: string;
  readonly count: number;
  readonly sent: string;
  readonly received: string;
  readonly first_id: string;
  readonly last_id: string;
  readonly other_first_seq: string;
  readonly other_count: string;
  readonly other_sent: string;
  readonly other_received: string;
  readonly other_first_id: string;
  readonly other_last_id: string;
}

function twiceOf(row: TwiceRow): AnsweredTwice {
  const { node, incarnation, lane } = row;
  return {
    ...{ node, incarnation, lane },
    answer: {
      firstSeq: Number(row.first_seq),
      count: row.count,
      sent: Number(row.sent),
      received: Number(row.received),
      first: BigInt(row.first_id),
      last: BigInt(row.last_id),
    },
    other: {
      firstSeq: Number(row.other_first_seq),
      count: Number(row.other_count),
      sent: Number(row.other_sent),
      received: Number(row.other_received),
      first: BigInt(row.other_first_id),
      last: BigInt(row.other_last_id),
    },
  };
}

function inTime(twice: readonly AnsweredTwice[]): readonly AnsweredTwice[] {
  return twice.toSorted(
    (a, b) =>
      cameTwiceAt(a) - cameTwiceAt(b) ||
      a.node - b.node ||
      a.incarnation - b.incarnation ||
      a.lane - b.lane ||
      a.answer.firstSeq - b.answer.firstSeq ||
      a.answer.received - b.answer.received ||
      a.answer.sent - b.answer.sent ||
      a.answer.count - b.answer.count ||
      order(a.answer.first, b.answer.first) ||
      order(a.answer.last, b.answer.last),
  );
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
