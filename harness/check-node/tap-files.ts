/**
 * The taps of one life as they lie on disk, record by record, for rules that say what is wrong with which byte. What a run
 * believes is read by harness/engine/tap-reader.ts, which stops at the first problem.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchRecord } from '../core/tap.ts';
import { BATCH_BYTES, BATCH_FLAG, decodeBatch, parseSegmentName } from '../core/tap.ts';
import type { Place } from './evidence.ts';

/** All flags of a batch: each tells of a call that failed. */
export const FAILED_FLAGS = BATCH_FLAG.refused | BATCH_FLAG.threw | BATCH_FLAG.badCount;

export interface TapOfLife {
  /** Names of all its files that are segments, in no order. */
  readonly files: readonly string[];
  readonly lanes: readonly LaneTap[];
}

export interface LaneTap {
  readonly lane: number;
  /** By first sequence number. */
  readonly segments: readonly Segment[];
}

export interface Segment {
  /** Without its ending. */
  readonly name: string;
  readonly firstSeq: bigint;
  readonly ids: Buffer;
  readonly batches: Buffer;
  readonly records: readonly RecordAt[];
}

export interface RecordAt {
  /** The first byte of the record in `.batches`. */
  readonly at: number;
  readonly record: BatchRecord | { readonly corrupt: string };
  /** Its IDs in `.ids`, by the counts of the records before it. */
  readonly idsFrom: number;
  readonly idsTo: number;
}

/** Reads what is there now; a life may be writing. */
export function readTap(folder: string, node: string, incarnation: number, idBits: 64 | 128): TapOfLife {
  const files = readdirSync(folder).filter((file) => {
    const name = parseSegmentName(file);
    return name?.node === node && name.incarnation === incarnation;
  });
  const names = [...new Set(files.map((file) => file.replace(/\.(ids|batches)$/, '')))];
  const segments = names.map((name) => {
    const { lane, firstSeq } = parseSegmentName(`${name}.ids`)!;
    // Records first: IDs are written before them, so those of every record that is read are there.
    const batches = readIfThere(join(folder, `${name}.batches`));
    const ids = readIfThere(join(folder, `${name}.ids`));
    return { lane, name, firstSeq, ids, batches, records: recordsIn(batches, idBits) };
  });
  const lanes = Map.groupBy(segments, ({ lane }) => lane);
  return {
    files,
    lanes: [...lanes]
      .map(([lane, all]) => ({ lane, segments: all.toSorted((a, b) => (a.firstSeq < b.firstSeq ? -1 : 1)) }))
      .toSorted((a, b) => a.lane - b.lane),
  };
}

function readIfThere(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}

function recordsIn(batches: Buffer, idBits: 64 | 128): RecordAt[] {
  const records: RecordAt[] = [];
  let idsFrom = 0;
  for (let at = 0; at + BATCH_BYTES <= batches.length; at += BATCH_BYTES) {
    const record = decodeBatch(batches, at);
    const idsTo = idsFrom + ('corrupt' in record ? 0 : record.count * (idBits / 8));
    records.push({ at, record, idsFrom, idsTo });
    idsFrom = idsTo;
  }
  return records;
}

export interface Committed {
  readonly segment: Segment;
  readonly at: number;
  readonly record: BatchRecord;
  readonly ids: Buffer;
}

/** All sound records of a life, lane by lane. */
export function soundRecords({ lanes }: TapOfLife): readonly Committed[] {
  return lanes.flatMap(({ segments }) =>
    segments.flatMap((segment) =>
      segment.records.flatMap(({ at, record, idsFrom, idsTo }) =>
        'corrupt' in record ? [] : [{ segment, at, record, ids: segment.ids.subarray(idsFrom, idsTo) }],
      ),
    ),
  );
}

/** Where the IDs of an answer lie: one batch and a part of it. Or why they do not. */
export function findPlace(
  tap: TapOfLife,
  { lane, firstSeq, count }: Place,
  idBits: 64 | 128,
): { readonly batch: BatchRecord; readonly ids: Buffer } | string {
  const found = tap.lanes.find((each) => each.lane === lane);
  if (found === undefined) return `there is no tap of lane ${lane}`;
  const end = firstSeq + BigInt(count);
  for (const segment of found.segments)
    for (const { record, idsFrom } of segment.records) {
      if ('corrupt' in record || firstSeq < record.firstSeq || end > record.firstSeq + BigInt(record.count)) continue;
      // An empty answer stands at the end of one batch or the beginning of the next: either will do.
      const from = idsFrom + Number(firstSeq - record.firstSeq) * (idBits / 8);
      return { batch: record, ids: segment.ids.subarray(from, from + count * (idBits / 8)) };
    }
  return `no one record of lane ${lane} commits IDs ${firstSeq} to ${end - 1n}`;
}
