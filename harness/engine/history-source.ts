/**
 * The two ways to ask what a run emitted: folds over memory, and SQL over the store.
 */
import { carriedWorkersOf, readCarriedWorkers } from '../core/carried-workers.ts';
import type { Checker, SqlFacts, SqlReader } from '../core/checker.ts';
import type { Guarantee, Promise_ } from '../core/guarantee.ts';
import type { History, RequestColumns } from '../core/history.ts';
import type { Series } from '../core/run.ts';
import { readSequenceUse, sequenceUseOf } from '../core/sequence-use.ts';
import { readTenures, readUnheld, tenuresOf, unheldOf } from '../core/tenures.ts';
import { NS_PER_MS } from '../core/time.ts';
import type { HistorySource } from './judge.ts';

export type Checkers = ReadonlyMap<string, Checker>;

export function sourceFromMemory(history: History, checkers: Checkers): HistorySource {
  return {
    find: (promise) => Promise.resolve(checkerOf(checkers, promise.guarantee).fold(history, promise)),
    tenures: () => Promise.resolve(tenuresOf(history)),
    unheld: () => Promise.resolve(unheldOf(history)),
    idsByNode: (bucketMs) => Promise.resolve(countByNode(history, bucketMs)),
    carriedWorkers: () => Promise.resolve(carriedWorkersOf(history)),
    sequenceUse: () => Promise.resolve(sequenceUseOf(history)),
    leases: history.leases,
  };
}

export function sourceFromStore(store: SqlReader, facts: SqlFacts, checkers: Checkers): HistorySource {
  return {
    find: (promise: Promise_) => checkerOf(checkers, promise.guarantee).sql(store, facts, promise),
    tenures: () => readTenures(store, facts),
    unheld: () => readUnheld(store, facts),
    idsByNode: async (bucketMs) => {
      const rows = await store.rows<{ node: number; bucket: string; ids: string }>(
        `select node, toUInt32(intDiv(returned, {width:Int64})) as bucket, sum(count) as ids
         from batches group by node, bucket`,
        { width: bucketMs * NS_PER_MS },
      );
      return bucketsOf(
        facts.nodes,
        rows.map(({ node, bucket, ids }) => ({ node, bucket: Number(bucket), ids: Number(ids) })),
      );
    },
    carriedWorkers: () => readCarriedWorkers(store, facts),
    sequenceUse: () => readSequenceUse(store, facts),
    leases: facts.leases,
  };
}

function countByNode({ nodes, batches }: History, bucketMs: number): Series['idsByNode'] {
  const width = bucketMs * NS_PER_MS;
  const counts = nodes.map((): number[] => []);
  for (let i = 0; i < batches.length; i++) {
    const bucket = Math.max(0, Math.floor((batches.returned[i] as number) / width));
    const values = counts[batches.node[i] as number] as number[];
    values[bucket] = (values[bucket] ?? 0) + (batches.count[i] as number);
  }
  return bucketsOf(
    nodes,
    counts.flatMap((values, node) =>
      Object.entries(values).map(([bucket, ids]) => ({ node, bucket: Number(bucket), ids })),
    ),
  );
}

/** What clients received, as an earlier judging stored it; undefined when it died with its harness. */
export async function readRequests(store: SqlReader): Promise<RequestColumns | undefined> {
  type Row = {
    [Column in keyof Omit<RequestColumns, 'length' | 'firstSeq' | 'first' | 'last' | 'digest'>]: string | number;
  } & { first_seq: string; first_id: string; last_id: string; digest: string };
  const rows = await store.rows<Row>('select * from requests order by sent');
  if (rows.length === 0) return undefined;
  return {
    length: rows.length,
    node: Uint16Array.from(rows, (row) => Number(row.node)),
    sent: Float64Array.from(rows, (row) => Number(row.sent)),
    received: Float64Array.from(rows, (row) => Number(row.received)),
    status: Uint8Array.from(rows, (row) => Number(row.status)),
    incarnation: Uint32Array.from(rows, (row) => Number(row.incarnation)),
    lane: Uint16Array.from(rows, (row) => Number(row.lane)),
    firstSeq: Float64Array.from(rows, (row) => Number(row.first_seq)),
    count: Uint32Array.from(rows, (row) => Number(row.count)),
    first: BigUint64Array.from(rows, (row) => BigInt(row.first_id)),
    last: BigUint64Array.from(rows, (row) => BigInt(row.last_id)),
    digest: BigUint64Array.from(rows, (row) => BigInt(row.digest)),
  };
}

/** Dense rows of equal length from sparse counts. */
function bucketsOf(
  nodes: readonly string[],
  counts: readonly { readonly node: number; readonly bucket: number; readonly ids: number }[],
): Series['idsByNode'] {
  const length = counts.reduce((longest, { bucket }) => Math.max(longest, bucket + 1), 0);
  const rows = nodes.map((node) => ({ node, values: new Array<number>(length).fill(0) }));
  for (const { node, bucket, ids } of counts) {
    const values = rows[node]?.values;
    if (values !== undefined && bucket >= 0) values[bucket] = ids;
  }
  return rows;
}

function checkerOf(checkers: Checkers, guarantee: Guarantee): Checker {
  const checker = checkers.get(guarantee);
  if (checker === undefined) throw new Error(`no checker judges ${guarantee}`);
  return checker;
}
