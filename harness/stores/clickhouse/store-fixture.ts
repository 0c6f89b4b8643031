/** Ranges for the store's tests. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestColumns } from '../../core/history.ts';
import type { BatchRange } from '../../core/store.ts';
import { BATCH_BYTES, ID_BYTES, encodeBatch } from '../../core/tap.ts';

export interface RangeSpec {
  readonly runId: string;
  readonly node?: number;
  readonly incarnation?: number;
  readonly firstSeq?: bigint;
  readonly workerId?: number;
  /** The IDs of each batch. */
  readonly batches: readonly (readonly bigint[])[];
}

export const ORIGIN_NS = 1_000_000n;

/** A range as the collector would send it: batch k is called k ms after the origin and takes 1 µs. */
export function rangeOf({
  runId,
  node = 0,
  incarnation = 1,
  firstSeq = 0n,
  workerId = 5,
  batches,
}: RangeSpec): BatchRange {
  const ids = Buffer.from(new BigUint64Array(batches.flat()).buffer);
  const records = Buffer.alloc(batches.length * BATCH_BYTES);
  let seq = firstSeq;
  for (const [index, batch] of batches.entries()) {
    const calledNs = ORIGIN_NS + BigInt(index) * 1_000_000n;
    encodeBatch(
      {
        firstSeq: seq,
        count: batch.length,
        flags: 0,
        calledNs,
        returnedNs: calledNs + 1000n,
        wallCalledNs: 1_700_000_000_000_000_000n,
        wallReturnedNs: 1_700_000_000_000_001_000n,
        workerId,
        lease: 2n ** 64n - 1n,
        createRevision: 2n ** 63n,
        fenceNs: 0n,
        limitMs: 0n,
      },
      records,
      index * BATCH_BYTES,
    );
    seq += BigInt(batch.length);
  }
  const count = ids.length / ID_BYTES;
  const lane = { node: `n${node + 1}`, incarnation, lane: 0 };
  const token = [
    runId,
    lane.node,
    incarnation,
    0,
    firstSeq,
    count,
    createHash('md5').update(records).digest('hex'),
  ].join('/');
  return { lane, nodeIndex: node, firstSeq, count, originNs: ORIGIN_NS, batches: records, ids, token };
}

export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'snowglobe-store-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Requests of one client, a microsecond apart. */
export function requestColumns(length: number): RequestColumns {
  const numbers = Array.from({ length }, (_, index) => index);
  return {
    length,
    node: new Uint16Array(length),
    sent: Float64Array.from(numbers, (index) => index * 1000),
    received: Float64Array.from(numbers, (index) => index * 1000 + 500),
    status: new Uint8Array(length),
    incarnation: new Uint32Array(length).fill(1),
    lane: new Uint16Array(length),
    firstSeq: Float64Array.from(numbers),
    count: new Uint32Array(length).fill(1),
    first: BigUint64Array.from(numbers, BigInt),
    last: BigUint64Array.from(numbers, BigInt),
    digest: BigUint64Array.from(numbers, (index) => 2n ** 64n - 1n - BigInt(index)),
  };
}
