/**
 * ClickHouse's RowBinary, built by copying bytes: batch records are decoded, since there is one for many IDs; IDs are
 * never looked at.
 */
import type { RequestColumns } from '../../core/history.ts';
import type { BatchRange } from '../../core/store.ts';
import { BATCH_BYTES, decodeBatch } from '../../core/tap.ts';
import { runNs, unixMsOfNs } from '../../core/time.ts';
import type { IdBits } from './schema.ts';

/** All of a row of `ingest` but the IDs and their number. */
const RECORD_BYTES = 68;
/** A row of `requests`. */
const REQUEST_BYTES = 61;
/** A LEB128 number of up to 32 bits. */
const VARINT_BYTES_MAX = 5;

/** One row a batch, in the order of `ingestStatement`. */
export function batchRows(range: BatchRange, idBits: IdBits): Buffer {
  const batches = range.batches.length / BATCH_BYTES;
  const into = Buffer.allocUnsafe(batches * (RECORD_BYTES + VARINT_BYTES_MAX) + range.ids.length);
  let at = 0;
  let idsAt = 0;
  for (let batch = 0; batch < batches; batch++) {
    const record = decodeBatch(range.batches, batch * BATCH_BYTES);
    if ('corrupt' in record) throw new RangeError(`batch ${batch} of range ${range.token}: ${record.corrupt}`);
    at = into.writeBigUInt64LE(record.firstSeq, at);
    at = into.writeUInt32LE(record.count, at);
    at = into.writeUInt32LE(record.flags, at);
    at = into.writeBigInt64LE(BigInt(runNs(range.originNs, record.calledNs)), at);
    at = into.writeBigInt64LE(BigInt(runNs(range.originNs, record.returnedNs)), at);
    at = into.writeDoubleLE(unixMsOfNs(record.wallCalledNs), at);
    at = into.writeDoubleLE(unixMsOfNs(record.wallReturnedNs), at);
    at = into.writeInt32LE(record.workerId, at);
    at = into.writeBigUInt64LE(record.lease, at);
    at = into.writeBigUInt64LE(record.createRevision, at);
    at = writeVarint(into, record.count, at);
    const idsEnd = idsAt + record.count * (idBits / 8);
    if (idsEnd > range.ids.length) throw new RangeError(`range ${range.token} has fewer IDs than its records say`);
    at += range.ids.copy(into, at, idsAt, idsEnd);
    idsAt = idsEnd;
  }
  if (idsAt !== range.ids.length) throw new RangeError(`range ${range.token} has more IDs than its records say`);
  return into.subarray(0, at);
}

/** One row a request, in the order of the table's columns. */
export function requestRows(requests: RequestColumns): Buffer {
  const into = Buffer.allocUnsafe(requests.length * REQUEST_BYTES);
  let at = 0;
  for (let index = 0; index < requests.length; index++) {
    at = into.writeUInt16LE(requests.node[index]!, at);
    at = into.writeBigInt64LE(BigInt(requests.sent[index]!), at);
    at = into.writeBigInt64LE(BigInt(requests.received[index]!), at);
    at = into.writeUInt8(requests.status[index]!, at);
    at = into.writeUInt32LE(requests.incarnation[index]!, at);
    at = into.writeUInt16LE(requests.lane[index]!, at);
    at = into.writeBigUInt64LE(BigInt(requests.firstSeq[index]!), at);
    at = into.writeUInt32LE(requests.count[index]!, at);
    at = into.writeBigUInt64LE(requests.first[index]!, at);
    at = into.writeBigUInt64LE(requests.last[index]!, at);
    at = into.writeBigUInt64LE(requests.digest[index]!, at);
  }
  return into;
}

function writeVarint(into: Buffer, value: number, at: number): number {
  let rest = value;
  while (rest > 0x7f) {
    at = into.writeUInt8((rest & 0x7f) | 0x80, at);
    rest >>>= 7;
  }
  return into.writeUInt8(rest, at);
}
