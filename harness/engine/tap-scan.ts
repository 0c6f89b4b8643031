/**
 * Which records at the front of some bytes are sound, and whether IDs are those that their node wrote. Fields are read where
 * they lie: a node may commit a hundred thousand batches a second. Pure.
 */
import { crc32 } from 'node:zlib';
import type { BatchRecord } from '../core/tap.ts';
import { BATCH_AT, BATCH_BYTES, BATCH_MAGIC, decodeBatch, RECORD_FLAG } from '../core/tap.ts';

export interface BatchScan {
  readonly batches: number;
  readonly ids: number;
  /** Whether one of them names a lease. */
  readonly leased: boolean;
  /** Why it ended before the bytes and the limit did. */
  readonly problem?: string;
  /** The first whose stamps cannot be: it returned before it was called, or was called before the one before it. */
  readonly backwards?: number;
  /** `called` of the last, in nanoseconds. */
  readonly lastCalledNs: bigint;
}

export interface ScanStart {
  readonly firstSeq: bigint;
  /** `called` of the record before; 0n where there is none. */
  readonly calledNs: bigint;
  readonly idBits: 64 | 128;
}

/** The sound records at the front of `bytes` that follow on `start`, up to `maxIds` IDs (or one batch). */
export function scanBatches(bytes: Buffer, { firstSeq, calledNs, idBits }: ScanStart, maxIds: number): BatchScan {
  const begin = Number(firstSeq);
  let ids = 0;
  let batches = 0;
  let leased = false;
  let backwards: number | undefined;
  let problem: string | undefined;
  let [lastHigh, lastLow] = [Number(calledNs >> 32n), Number(calledNs & 0xffff_ffffn)];
  for (let at = 0; at + BATCH_BYTES <= bytes.length; at += BATCH_BYTES) {
    problem = problemAt(bytes, at, begin + ids, idBits);
    if (problem !== undefined) break;
    const count = bytes.readUInt32LE(at + BATCH_AT.count);
    if (batches > 0 && ids + count > maxIds) break;
    const [calledHigh, calledLow] = [wordAt(bytes, at + BATCH_AT.called, 1), wordAt(bytes, at + BATCH_AT.called, 0)];
    const [returnedHigh, returnedLow] = [
      wordAt(bytes, at + BATCH_AT.returned, 1),
      wordAt(bytes, at + BATCH_AT.returned, 0),
    ];
    if (
      isBefore(calledHigh, calledLow, lastHigh, lastLow) ||
      isBefore(returnedHigh, returnedLow, calledHigh, calledLow)
    )
      backwards ??= batches;
    [lastHigh, lastLow] = [calledHigh, calledLow];
    ids += count;
    leased ||= wordAt(bytes, at + BATCH_AT.lease, 0) !== 0 || wordAt(bytes, at + BATCH_AT.lease, 1) !== 0;
    batches++;
  }
  return {
    batches,
    ids,
    leased,
    ...(problem !== undefined && { problem }),
    ...(backwards !== undefined && { backwards }),
    lastCalledNs: (BigInt(lastHigh) << 32n) | BigInt(lastLow),
  };
}

const wordAt = (bytes: Buffer, at: number, word: 0 | 1): number => bytes.readUInt32LE(at + 4 * word);

const isBefore = (high: number, low: number, thanHigh: number, thanLow: number): boolean =>
  high < thanHigh || (high === thanHigh && low < thanLow);

/** What is wrong with the record; undefined where it is sound and begins at `firstSeq`. */
function problemAt(bytes: Buffer, at: number, firstSeq: number, idBits: 64 | 128): string | undefined {
  const isSound =
    bytes.readUInt32LE(at + BATCH_AT.magic) === BATCH_MAGIC &&
    bytes.readUInt32LE(at + BATCH_AT.checksum) === crc32(bytes.subarray(at + BATCH_AT.firstSeq, at + BATCH_BYTES));
  // Far below 2^53: no lane mints so many.
  const begins = wordAt(bytes, at + BATCH_AT.firstSeq, 1) * 2 ** 32 + wordAt(bytes, at + BATCH_AT.firstSeq, 0);
  const flags = bytes.readUInt32LE(at + BATCH_AT.flags);
  const is64 =
    (flags & RECORD_FLAG.idsChecksum) !== 0
      ? (flags & RECORD_FLAG.longIds) === 0
      : bytes.readUInt32LE(at + BATCH_AT.idsField) !== 128;
  if (isSound && begins === firstSeq && is64 === (idBits === 64)) return undefined;
  const record = decodeBatch(bytes, at);
  if ('corrupt' in record) return record.corrupt;
  return otherLength(record, idBits) ?? `the batch begins at ${record.firstSeq} instead of ${firstSeq}`;
}

/** The first of sound records whose IDs are not those that its node wrote, and where they begin. */
export function damagedBatch(
  batches: Buffer,
  ids: Buffer,
  idBits: 64 | 128,
): { readonly batch: number; readonly idsAt: number } | undefined {
  let idsAt = 0;
  for (let batch = 0; batch * BATCH_BYTES < batches.length; batch++) {
    const at = batch * BATCH_BYTES;
    const end = idsAt + batches.readUInt32LE(at + BATCH_AT.count) * (idBits / 8);
    const hasChecksum = (batches.readUInt32LE(at + BATCH_AT.flags) & RECORD_FLAG.idsChecksum) !== 0;
    if (hasChecksum && batches.readUInt32LE(at + BATCH_AT.idsField) !== crc32(ids.subarray(idsAt, end)))
      return { batch, idsAt };
    idsAt = end;
  }
  return undefined;
}

/** Bytes of IDs that are longer or shorter than they should be would be read as other IDs. */
export function otherLength(record: BatchRecord, expected: 64 | 128): string | undefined {
  const idBits = record.idBits ?? 64;
  return idBits === expected ? undefined : `its IDs have ${idBits} bits, the generator says ${expected}`;
}
