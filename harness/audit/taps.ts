/** Folders of taps, as nodes of a run leave them: checked record by record, and read in place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scheduler } from 'node:timers/promises';
import { BATCH_BYTES, decodeBatch, parseSegmentName, segmentName } from '../core/tap.ts';
import { TapReader } from '../engine/tap-reader.ts';
import type { SegmentsInput } from './input.ts';

export interface TapsRead {
  readonly idBits: 64 | 128;
  readonly segments: SegmentsInput['segments'];
  /** Why the evidence is not whole; one sentence each. */
  readonly problems: readonly string[];
  /** Bytes after the last committed batches: no client got those IDs. */
  readonly tornBytes: number;
}

/** One line of order is a lane of a life of a node: `n1-1-0`. */
export async function readTaps(
  folder: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<TapsRead> {
  const idBits = idBitsIn(folder);
  const reader = new TapReader(folder, idBits);
  try {
    for (const lane of reader.lanes())
      for (let range = lane.next(); range !== undefined; range = lane.next()) {
        onBytes(range.ids.length);
        // Reading is synchronous: a signal and the bar on the terminal need their turn.
        await scheduler.yield();
        signal?.throwIfAborted();
      }
    const { problems, tornBytes, lanes } = reader.finish();
    const files = new Set(readdirSync(folder));
    const firstSeqs = Map.groupBy(
      [...files].flatMap((file) => {
        const segment = parseSegmentName(file);
        // Half of a pair holds nothing that was committed.
        return segment?.kind === 'ids' && files.has(file.replace(/ids$/, 'batches')) ? [segment] : [];
      }),
      (segment) => segmentName(segment, 0n),
    );
    const segments = lanes.flatMap((lane) => {
      const starts = (firstSeqs.get(segmentName(lane, 0n)) ?? [])
        .map(({ firstSeq }) => firstSeq)
        .toSorted((a, b) => (a < b ? -1 : 1));
      return starts.flatMap((firstSeq, index) => {
        const next = starts[index + 1] ?? lane.ids;
        const end = next < lane.ids ? next : lane.ids;
        const count = Number(end - firstSeq);
        const owner = `${lane.node}-${lane.incarnation}-${lane.lane}`;
        const file = join(folder, `${segmentName(lane, firstSeq)}.ids`);
        return count > 0 ? [{ owner, node: lane.node, file, byteOffset: 0, count }] : [];
      });
    });
    // What nodes did with leases is no part of what they minted.
    return { idBits, segments, problems: problems.filter((text) => !text.includes('.leases')), tornBytes };
  } finally {
    reader.close();
  }
}

/** What the first sound record says. */
function idBitsIn(folder: string): 64 | 128 {
  for (const file of readdirSync(folder).toSorted()) {
    if (parseSegmentName(file)?.kind !== 'batches') continue;
    const record = decodeBatch(readFileSync(join(folder, file)).subarray(0, BATCH_BYTES));
    if (!('corrupt' in record)) return record.idBits ?? 64;
  }
  return 64;
}
