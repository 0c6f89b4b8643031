/**
 * Batch records as columns, for what takes no object a record: a node may commit a hundred thousand batches a second. No
 * field is made a `bigint` on its way. Pure.
 */
import { BATCH_AT, BATCH_BYTES, RECORD_FLAG } from './tap.ts';
import { unixMsOfNs } from './time.ts';

/** A column a field, a record an entry. */
export interface BatchFields {
  readonly firstSeq: BigUint64Array;
  readonly count: Uint32Array;
  /** As in `BatchRecord`. */
  readonly flags: Uint32Array;
  /** Run nanoseconds. */
  readonly called: BigInt64Array;
  readonly returned: BigInt64Array;
  readonly wallCalledMs: Float64Array;
  readonly wallReturnedMs: Float64Array;
  readonly workerId: Int32Array;
  readonly lease: BigUint64Array;
  readonly createRevision: BigUint64Array;
}

/** Where a field lies, in words of 32 bits. */
const AT = {
  firstSeq: BATCH_AT.firstSeq / 4,
  count: BATCH_AT.count / 4,
  flags: BATCH_AT.flags / 4,
  called: BATCH_AT.called / 4,
  returned: BATCH_AT.returned / 4,
  wallCalled: BATCH_AT.wallCalled / 4,
  wallReturned: BATCH_AT.wallReturned / 4,
  workerId: BATCH_AT.workerId / 4,
  lease: BATCH_AT.lease / 4,
  createRevision: BATCH_AT.createRevision / 4,
} as const;
const WORDS = BATCH_BYTES / 4;
const OF_RECORD = RECORD_FLAG.idsChecksum | RECORD_FLAG.longIds;

/** Reads records that are known to be sound: whoever took them from a tap has checked each. */
export function batchFields(records: Uint8Array, originNs: bigint): BatchFields {
  const { buffer, byteOffset, byteLength } = records.byteOffset % 4 === 0 ? records : new Uint8Array(records);
  const words = new Uint32Array(buffer, byteOffset, byteLength / 4);
  const length = byteLength / BATCH_BYTES;
  const originHigh = Number(originNs >> 32n);
  const originLow = Number(originNs & 0xffff_ffffn);
  const long = (): Uint32Array => new Uint32Array(2 * length);
  const [firstSeq, called, returned, lease, createRevision] = [long(), long(), long(), long(), long()];
  const [count, flags, workerId] = [new Uint32Array(length), new Uint32Array(length), new Int32Array(length)];
  const [wallCalledMs, wallReturnedMs] = [new Float64Array(length), new Float64Array(length)];
  for (let i = 0, at = 0; i < length; i++, at += WORDS) {
    const low = 2 * i;
    const high = low + 1;
    firstSeq[low] = words[at + AT.firstSeq]!;
    firstSeq[high] = words[at + AT.firstSeq + 1]!;
    count[i] = words[at + AT.count]!;
    flags[i] = words[at + AT.flags]! & ~OF_RECORD;
    const calledLow = words[at + AT.called]! - originLow;
    called[low] = calledLow;
    called[high] = words[at + AT.called + 1]! - originHigh - (calledLow < 0 ? 1 : 0);
    const returnedLow = words[at + AT.returned]! - originLow;
    returned[low] = returnedLow;
    returned[high] = words[at + AT.returned + 1]! - originHigh - (returnedLow < 0 ? 1 : 0);
    wallCalledMs[i] = unixMs(words[at + AT.wallCalled + 1]!, words[at + AT.wallCalled]!);
    wallReturnedMs[i] = unixMs(words[at + AT.wallReturned + 1]!, words[at + AT.wallReturned]!);
    workerId[i] = words[at + AT.workerId]!;
    lease[low] = words[at + AT.lease]!;
    lease[high] = words[at + AT.lease + 1]!;
    createRevision[low] = words[at + AT.createRevision]!;
    createRevision[high] = words[at + AT.createRevision + 1]!;
  }
  const unsigned = ({ buffer: of }: Uint32Array): BigUint64Array => new BigUint64Array(of);
  const signed = ({ buffer: of }: Uint32Array): BigInt64Array => new BigInt64Array(of);
  return {
    ...{ firstSeq: unsigned(firstSeq), count, flags },
    ...{ called: signed(called), returned: signed(returned), wallCalledMs, wallReturnedMs },
    ...{ workerId, lease: unsigned(lease), createRevision: unsigned(createRevision) },
  };
}

/** 2^32, which is the place value of the upper word, in thousands and what is left. */
const THOUSANDS = 4_294_967;
const LEFT = 296;

/** `unixMsOfNs` of two words: whole microseconds, of which each step here is below 2^53 until the year 2116. */
function unixMs(high: number, low: number): number {
  if (high >= 2 ** 30) return unixMsOfNs(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
  return (high * THOUSANDS + Math.floor((high * LEFT + low) / 1000)) / 1000;
}
