import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BATCH_BYTES, ID_BYTES, decodeBatch, parseSegmentName } from '../../harness/core/tap.ts';
import type { BatchRecord } from '../../harness/core/tap.ts';
import { TapWriter } from './tap-writer.ts';

const LANE = { node: 'n1', incarnation: 2, lane: 0 };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-tap-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const batch = {
  flags: 0,
  calledNs: 2n ** 63n,
  returnedNs: 2n ** 63n + 1n,
  wallCalledNs: -1n,
  wallReturnedNs: 5n,
  workerId: -1,
  lease: 2n ** 64n - 1n,
  createRevision: 7n,
  fenceNs: 0n,
  limitMs: 0n,
};
const bytesOf = (ids: readonly bigint[]) => new Uint8Array(BigUint64Array.from(ids).buffer);
const idBatches = fc.array(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 12,
});

/** The batches that the records commit, in the order of the lane, each with its IDs. */
function committed(segments: readonly Segment[]): { record: BatchRecord; ids: bigint[] }[] {
  return segments.flatMap(({ firstSeq, ids, batches }) => {
    const found = [];
    for (let offset = 0; offset + BATCH_BYTES <= batches.length; offset += BATCH_BYTES) {
      const record = decodeBatch(batches, offset);
      if ('corrupt' in record) throw new Error(record.corrupt);
      const start = Number(record.firstSeq - firstSeq);
      const at = (i: number): bigint => ids.readBigUInt64LE((start + i) * ID_BYTES);
      found.push({ record, ids: Array.from({ length: record.count }, (_, i) => at(i)) });
    }
    return found;
  });
}

interface Segment {
  readonly firstSeq: bigint;
  readonly ids: Buffer;
  readonly batches: Buffer;
}

function readSegments(): Segment[] {
  return readdirSync(folder)
    .map((file) => parseSegmentName(file))
    .filter((name) => name?.kind === 'ids')
    .map((name) => name?.firstSeq as bigint)
    .sort((a, b) => Number(a - b))
    .map((firstSeq) => ({
      firstSeq,
      ids: readFileSync(join(folder, `n1-2-0-${firstSeq}.ids`)),
      batches: readFileSync(join(folder, `n1-2-0-${firstSeq}.batches`)),
    }));
}

test('what was appended is read back: every bit, in order, over as many segments as it takes', () => {
  fc.assert(
    fc.property(idBatches, fc.integer({ min: 8, max: 400 }), (written, segmentBytes) => {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'snowglobe-tap-'));
      const tap = new TapWriter(folder, LANE, segmentBytes);
      let seq = 0n;
      for (const ids of written) {
        expect(tap.append(bytesOf(ids), batch)).toBe(seq);
        seq += BigInt(ids.length);
      }
      tap.close();
      expect(tap.committed).toBe(seq);
      const read = committed(readSegments());
      expect(read.map(({ ids }) => ids)).toEqual(written);
      for (const { record } of read) expect(record).toMatchObject(batch);
    }),
    { numRuns: 40 },
  );
});

test('a crash at any byte leaves whole batches, each with all its IDs, and a tail that commits nothing', () => {
  const ids = [[1n, 2n, 3n], [4n], [5n, 6n]];
  const tap = new TapWriter(folder, LANE);
  for (const some of ids) tap.append(bytesOf(some), batch);
  tap.close();
  const [segment] = readSegments() as [Segment];
  // IDs first, the record second: that the writer keeps this order, main.real.test.ts shows with a disk that is full.
  const total = segment.ids.length + segment.batches.length;
  for (let kept = 0; kept <= total; kept++) {
    let left = kept;
    let [idBytes, batchBytes, whole] = [0, 0, 0];
    for (const some of ids) {
      const ofIds = Math.min(left, some.length * ID_BYTES);
      idBytes += ofIds;
      const ofBatch = Math.min((left -= ofIds), BATCH_BYTES);
      batchBytes += ofBatch;
      left -= ofBatch;
      if (ofBatch === BATCH_BYTES) whole++;
    }
    const torn = {
      ...segment,
      ids: segment.ids.subarray(0, idBytes),
      batches: segment.batches.subarray(0, batchBytes),
    };
    expect(committed([torn]).map((found) => found.ids)).toEqual(ids.slice(0, whole));
  }
});

test('a second writer of the same lane is refused', () => {
  new TapWriter(folder, LANE).close();
  expect(() => new TapWriter(folder, LANE)).toThrow('EEXIST');
});

test('after a failed append nothing can be appended', () => {
  const tap = new TapWriter(folder, LANE, 8);
  tap.append(bytesOf([1n]), batch);
  rmSync(folder, { recursive: true }); // the next append has to open a segment
  expect(() => tap.append(bytesOf([2n]), batch)).toThrow('ENOENT');
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-tap-'));
  expect(() => tap.append(bytesOf([3n]), batch)).toThrow('ENOENT');
  expect(tap.committed).toBe(1n);
});
