/** Taps that tests write and read. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TapWriter } from '../../generators/shell/tap-writer.ts';
import type { BatchRecord, LaneName } from '../core/tap.ts';
import { leaseLogName } from '../core/tap.ts';
import { RANGE_LIMIT, TapReader } from './tap-reader.ts';
import type { LaneReader, RangeLimit, TapSummary } from './tap-reader.ts';

export const LANE: LaneName = { node: 'n1', incarnation: 1, lane: 0 };

export const record: Omit<BatchRecord, 'firstSeq' | 'count'> = {
  flags: 0,
  calledNs: 1500n,
  returnedNs: 1600n,
  wallCalledNs: 1_700_000_000_123_000_000n,
  wallReturnedNs: 1_700_000_000_124_000_000n,
  workerId: 3,
  lease: 2n ** 64n - 1n,
  createRevision: 7n,
  fenceNs: 0n,
  limitMs: 0n,
};

export function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-tap-'));
  writeFileSync(join(folder, leaseLogName('n1', 1)), ''); // as the shell begins
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function write(folder: string, list: readonly Uint8Array[], segmentBytes: number, lane = LANE): void {
  const writer = new TapWriter(folder, lane, segmentBytes);
  for (const ids of list) writer.append(ids, record);
  writer.close();
}

export function readLane(lane: LaneReader, limit: RangeLimit = RANGE_LIMIT): Buffer {
  const read: Buffer[] = [];
  for (let range = lane.next(limit); range !== undefined; range = lane.next(limit)) read.push(range.ids);
  return Buffer.concat(read);
}

export function readAll(folder: string, limit?: RangeLimit): TapSummary & { readonly bytes: Buffer } {
  const reader = new TapReader(folder);
  const bytes = Buffer.concat(reader.lanes().map((lane) => readLane(lane, limit)));
  const summary = reader.finish();
  reader.close();
  return { ...summary, bytes };
}

export const lastOf = (folder: string, kind: 'ids' | 'batches'): string =>
  join(
    folder,
    readdirSync(folder)
      .filter((file) => file.endsWith(`.${kind}`))
      .sort((a, b) => Number(/-(\d+)\.\w+$/.exec(a)![1]) - Number(/-(\d+)\.\w+$/.exec(b)![1]))
      .at(-1)!,
  );

export function remove(folder: string, segment: string): void {
  rmSync(join(folder, `${segment}.ids`));
  rmSync(join(folder, `${segment}.batches`));
}
