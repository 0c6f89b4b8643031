/**
 * The tap: how a node records every batch of IDs before it replies. Byte offsets for other languages are in
 * generators/PROTOCOL.md; this file is their one implementation in TypeScript.
 *
 * A lane writes two append-only files, created exclusively: `NODE-INCARNATION-LANE-FIRSTSEQ.ids` (8 or 16 bytes
 * little-endian an ID) and `….batches` (one fixed record a batch). IDs are appended first, the record second; the record commits.
 * Bytes after the last whole record were never replied: they are `torn`.
 */
import { crc32 } from 'node:zlib';

export const BATCH_BYTES = 96;
/** Bytes of an ID of 64 bits. */
export const ID_BYTES = 8;
/** 'SGB1' read as a little-endian u32. */
export const BATCH_MAGIC = 0x31424753;

/** Bits of `BatchRecord.flags`. */
export const BATCH_FLAG = {
  /** The call reported a refusal, and yet left these IDs in its buffer. */
  refused: 1,
  /** The call threw something that is no refusal, and yet left these IDs in its buffer. */
  threw: 2,
  /** The call returned something that is no count (NaN, null, negative, more than asked). */
  badCount: 4,
} as const;

/** Bits of the same field that tell of the record itself. They are not in `BatchRecord.flags`. */
export const RECORD_FLAG = {
  /** In place of the length of the IDs, the record holds their checksum. */
  idsChecksum: 8,
  /** With it: the IDs have 128 bits. */
  longIds: 16,
} as const;

/** One call of `mint`, as its node's shell recorded it. Times are the kernel's, absolute; 64-bit values are bigint. */
export interface BatchRecord {
  readonly firstSeq: bigint;
  readonly count: number;
  readonly flags: number;
  /** How long its IDs are; 64 when left out. */
  readonly idBits?: 128;
  /** CRC-32 of its IDs as they lie in `.ids`; undefined where the node gives none. */
  readonly idsChecksum?: number;
  /** CLOCK_MONOTONIC ns just before and just after `mint`. */
  readonly calledNs: bigint;
  readonly returnedNs: bigint;
  /** The node's own wall clock at both, Unix nanoseconds (whole milliseconds from most clocks). */
  readonly wallCalledNs: bigint;
  readonly wallReturnedNs: bigint;
  /** `HELD_NONE` or `HELD_TWO` (`held.ts`) where it is not one. */
  readonly workerId: number;
  /** 0n: no lease. */
  readonly lease: bigint;
  readonly createRevision: bigint;
  /** The node's own beliefs: 0n means none. */
  readonly fenceNs: bigint;
  readonly limitMs: bigint;
}

/** Byte offsets of the fields of a record: for whoever reads some of them from many records, without an object each. */
export const BATCH_AT = {
  magic: 0,
  checksum: 4,
  firstSeq: 8,
  count: 16,
  flags: 20,
  called: 24,
  returned: 32,
  wallCalled: 40,
  wallReturned: 48,
  workerId: 56,
  idsField: 60,
  lease: 64,
  createRevision: 72,
  fence: 80,
  limit: 88,
} as const;

/** Writes a record into `into` at `offset` (BATCH_BYTES long). */
export function encodeBatch(record: BatchRecord, into: Buffer, offset = 0): void {
  into.writeUInt32LE(BATCH_MAGIC, offset + BATCH_AT.magic);
  into.writeBigUInt64LE(record.firstSeq, offset + BATCH_AT.firstSeq);
  into.writeUInt32LE(record.count, offset + BATCH_AT.count);
  into.writeUInt32LE(record.flags | recordFlags(record), offset + BATCH_AT.flags);
  into.writeBigUInt64LE(record.calledNs, offset + BATCH_AT.called);
  into.writeBigUInt64LE(record.returnedNs, offset + BATCH_AT.returned);
  into.writeBigInt64LE(record.wallCalledNs, offset + BATCH_AT.wallCalled);
  into.writeBigInt64LE(record.wallReturnedNs, offset + BATCH_AT.wallReturned);
  into.writeInt32LE(record.workerId, offset + BATCH_AT.workerId);
  into.writeUInt32LE(record.idsChecksum ?? record.idBits ?? 0, offset + BATCH_AT.idsField);
  into.writeBigUInt64LE(record.lease, offset + BATCH_AT.lease);
  into.writeBigUInt64LE(record.createRevision, offset + BATCH_AT.createRevision);
  into.writeBigUInt64LE(record.fenceNs, offset + BATCH_AT.fence);
  into.writeBigInt64LE(record.limitMs, offset + BATCH_AT.limit);
  into.writeUInt32LE(
    crc32(into.subarray(offset + BATCH_AT.firstSeq, offset + BATCH_BYTES)),
    offset + BATCH_AT.checksum,
  );
}

function recordFlags({ idsChecksum, idBits }: BatchRecord): number {
  if (idsChecksum === undefined) return 0;
  return RECORD_FLAG.idsChecksum | (idBits === 128 ? RECORD_FLAG.longIds : 0);
}

/** Reads a record, or says why the bytes are none. */
export function decodeBatch(bytes: Buffer, offset = 0): BatchRecord | { readonly corrupt: string } {
  if (bytes.length < offset + BATCH_BYTES) return { corrupt: 'the record is cut short' };
  if (bytes.readUInt32LE(offset + BATCH_AT.magic) !== BATCH_MAGIC) return { corrupt: 'the magic number is wrong' };
  if (
    bytes.readUInt32LE(offset + BATCH_AT.checksum) !==
    crc32(bytes.subarray(offset + BATCH_AT.firstSeq, offset + BATCH_BYTES))
  )
    return { corrupt: 'the checksum does not match' };
  const flags = bytes.readUInt32LE(offset + BATCH_AT.flags);
  const idsField = bytes.readUInt32LE(offset + BATCH_AT.idsField);
  const hasChecksum = (flags & RECORD_FLAG.idsChecksum) !== 0;
  const isLong = hasChecksum ? (flags & RECORD_FLAG.longIds) !== 0 : idsField === 128;
  return {
    firstSeq: bytes.readBigUInt64LE(offset + BATCH_AT.firstSeq),
    count: bytes.readUInt32LE(offset + BATCH_AT.count),
    flags: flags & ~(RECORD_FLAG.idsChecksum | RECORD_FLAG.longIds),
    calledNs: bytes.readBigUInt64LE(offset + BATCH_AT.called),
    returnedNs: bytes.readBigUInt64LE(offset + BATCH_AT.returned),
    wallCalledNs: bytes.readBigInt64LE(offset + BATCH_AT.wallCalled),
    wallReturnedNs: bytes.readBigInt64LE(offset + BATCH_AT.wallReturned),
    workerId: bytes.readInt32LE(offset + BATCH_AT.workerId),
    ...(isLong && { idBits: 128 as const }),
    ...(hasChecksum && { idsChecksum: idsField }),
    lease: bytes.readBigUInt64LE(offset + BATCH_AT.lease),
    createRevision: bytes.readBigUInt64LE(offset + BATCH_AT.createRevision),
    fenceNs: bytes.readBigUInt64LE(offset + BATCH_AT.fence),
    limitMs: bytes.readBigInt64LE(offset + BATCH_AT.limit),
  };
}

/** A lane of one life of a node: the unit of ordering and of sequence numbers. */
export interface LaneName {
  readonly node: string;
  readonly incarnation: number;
  readonly lane: number;
}

/** `n1-2-0-4096`, without the ending. */
export function segmentName(lane: LaneName, firstSeq: bigint): string {
  return `${lane.node}-${lane.incarnation}-${lane.lane}-${firstSeq}`;
}

/** The parts of a segment's file name (`n1-2-0-4096.batches`), or undefined when it is no segment. */
export function parseSegmentName(
  file: string,
): (LaneName & { readonly firstSeq: bigint; readonly kind: 'ids' | 'batches' }) | undefined {
  const match = /^(.+)-(\d+)-(\d+)-(\d+)\.(ids|batches)$/.exec(file);
  if (match === null) return undefined;
  const [, node, incarnation, lane, firstSeq, kind] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    'ids' | 'batches',
  ];
  return { node, incarnation: Number(incarnation), lane: Number(lane), firstSeq: BigInt(firstSeq), kind };
}

/** `n1-2.life`: created exclusively by a starting node; claims the incarnation. */
export function lifeName(node: string, incarnation: number): string {
  return `${node}-${incarnation}.life`;
}

/** `n1-2.leases`: JSON lines, what the shell saw of the coordinator's answers (LeaseLogLine). */
export function leaseLogName(node: string, incarnation: number): string {
  return `${node}-${incarnation}.leases`;
}

/**
 * One line of a node's lease log: an accepted grant or keep-alive, or a request to end a lease or delete a key, with the
 * moment at which the request was sent. The shell writes it around the generator's coordinator, so that a generator
 * cannot embellish it.
 */
export interface LeaseLogLine {
  /** `0` where the line is about a key. */
  readonly lease: string;
  /**
   * `given up`: the node asks for the end of the lease, whoever's it is; `deleting`: it asks for `key` to be deleted,
   * whoever's it is. What came of that, as far as it learned, follows with the same `sentNs`: `revoked` or `not given up`;
   * `deleted` at `revision`, or `not deleted`, which is also said of a key that was not there.
   */
  readonly what:
    'granted' | 'kept' | 'gone' | 'given up' | 'revoked' | 'not given up' | 'deleting' | 'deleted' | 'not deleted';
  readonly key?: string;
  readonly revision?: string;
  /** CLOCK_MONOTONIC ns, decimal string. */
  readonly sentNs: string;
  readonly receivedNs: string;
  readonly ttlMs: number;
}
