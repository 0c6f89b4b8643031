/** Ranges as the collector sends them, for tests of those who look at them. */
import type { BatchRange } from '../../core/store.ts';
import { BATCH_BYTES, encodeBatch } from '../../core/tap.ts';

export interface RangeSpec {
  readonly ids: readonly bigint[];
  readonly firstSeq: bigint;
  readonly held: number;
  readonly idBits: 64 | 128;
  readonly perBatch: number;
  readonly node?: number;
  readonly incarnation?: number;
  /** Of the first call; one follows the other by a millisecond, and takes half of one. */
  readonly calledMs?: number;
}

export function rangeFor(spec: RangeSpec): BatchRange {
  const { ids, firstSeq, held, idBits, perBatch, node = 0, incarnation = 1, calledMs = 0 } = spec;
  const bytes = Buffer.alloc((ids.length * idBits) / 8);
  ids.forEach((id, index) => {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, id), (index * idBits) / 8);
    if (idBits === 128) bytes.writeBigUInt64LE(id >> 64n, (index * idBits) / 8 + 8);
  });
  const count = Math.ceil(ids.length / perBatch);
  const batches = Buffer.alloc(count * BATCH_BYTES);
  for (let batch = 0; batch < count; batch++) {
    const calledNs = BigInt((calledMs + batch) * 1e6);
    encodeBatch(
      {
        firstSeq: firstSeq + BigInt(batch * perBatch),
        count: Math.min(perBatch, ids.length - batch * perBatch),
        flags: 0,
        calledNs,
        returnedNs: calledNs + 500_000n,
        wallCalledNs: 0n,
        wallReturnedNs: 0n,
        workerId: held,
        lease: 0n,
        createRevision: 0n,
        fenceNs: 0n,
        limitMs: 0n,
        ...(idBits === 128 && { idBits }),
      },
      batches,
      batch * BATCH_BYTES,
    );
  }
  const lane = { node: `n${node + 1}`, incarnation, lane: 0 };
  const token = [lane.node, incarnation, 0, firstSeq, ids.length].join('/');
  return { lane, nodeIndex: node, firstSeq, count: ids.length, originNs: 0n, batches, ids: bytes, token };
}
