/** ClickHouse's RowBinary. */
import type { RequestColumns } from '../../core/history.ts';

/** A row of `requests`. */
const REQUEST_BYTES = 61;

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
