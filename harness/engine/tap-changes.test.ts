/** Taps that change while they are read, or that two lives wrote. */
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TapWriter } from '../../generators/shell/tap-writer.ts';
import { CANARY } from '../core/canary.ts';
import { BATCH_BYTES, encodeBatch, segmentName } from '../core/tap.ts';
import { RANGE_LIMIT, TapReader } from './tap-reader.ts';
import type { TapSummary } from './tap-reader.ts';
import { inFolder, LANE, lastOf, readAll, readLane, record, remove, write } from './taps-for-tests.ts';

describe('a tap that is changed while it is read is told, and what was read of it stays', () => {
  /** Three batches of one ID, two of them read; then something happens to the files. */
  function changed(
    change: (folder: string, ids: string, batches: string) => void,
  ): TapSummary & { readonly after: Buffer } {
    return inFolder((folder) => {
      const writer = new TapWriter(folder, LANE);
      writer.append(new Uint8Array(8).fill(1), record);
      writer.append(new Uint8Array(8).fill(2), record);
      const reader = new TapReader(folder);
      expect(readLane(reader.lanes()[0]!)).toHaveLength(16);
      // As the collector does before it drains.
      reader.close();
      writer.append(new Uint8Array(8).fill(3), record);
      writer.close();
      change(folder, lastOf(folder, 'ids'), lastOf(folder, 'batches'));
      const after = Buffer.concat(reader.lanes().map((lane) => readLane(lane)));
      const summary = reader.finish();
      reader.close();
      return { ...summary, after };
    });
  }

  test('nothing happens: the rest is read', () => {
    expect(changed(() => undefined)).toMatchObject({ problems: [], after: Buffer.alloc(8, 3) });
  });

  test.each<[string, Parameters<typeof changed>[0], string]>([
    [
      'its records shrank',
      (_, __, batches) => truncateSync(batches, 100),
      'n1-1-0-0.batches shrank to 100 bytes, and was read up to byte 192',
    ],
    ['its IDs shrank', (_, ids) => truncateSync(ids, 8), 'n1-1-0-0.ids shrank to 8 bytes, and was read up to byte 16'],
    [
      'it was replaced by a copy',
      (folder, _, batches) => {
        const whole = readFileSync(batches);
        renameSync(batches, join(folder, 'aside'));
        writeFileSync(batches, whole);
      },
      'n1-1-0-0.batches was replaced by another file',
    ],
    ['it is gone', (_, ids) => rmSync(ids), 'n1-1-0-0.ids is gone, and was read up to byte 16'],
    [
      'it was written anew from its beginning',
      (_, ids, batches) => {
        const [first, second] = [Buffer.alloc(BATCH_BYTES), Buffer.alloc(BATCH_BYTES)];
        encodeBatch({ ...record, firstSeq: 0n, count: 2 }, first);
        encodeBatch({ ...record, firstSeq: 2n, count: 1 }, second);
        // In place: the same file by its inode.
        writeFileSync(batches, Buffer.concat([first, second, second]));
        writeFileSync(ids, Buffer.alloc(24, 9));
      },
      'n1-1-0-0.batches was written anew while it was read',
    ],
  ])('%s', (_, change, problem) => {
    const { after, problems } = changed(change);
    expect(problems[0]).toContain(problem);
    expect(after).toHaveLength(0);
  });

  test('a segment that was read is deleted: the ones after it are read all the same', () =>
    inFolder((folder) => {
      const writer = new TapWriter(folder, LANE, 8);
      for (const value of [1, 2, 3]) writer.append(new Uint8Array(8).fill(value), record);
      const reader = new TapReader(folder);
      const lane = reader.lanes()[0]!;
      expect(lane.next()?.ids).toEqual(Buffer.alloc(8, 1));
      expect(lane.next()?.ids).toEqual(Buffer.alloc(8, 2));
      remove(folder, segmentName(LANE, 0n));
      writer.append(new Uint8Array(8).fill(4), record);
      writer.close();
      expect(readLane(reader.lanes()[0]!)).toEqual(Buffer.concat([Buffer.alloc(8, 3), Buffer.alloc(8, 4)]));
      expect(reader.finish().problems).toEqual([]);
      reader.close();
    }));
});

test('the canary’s tap is read as any other, and is no evidence, whatever becomes of it', () =>
  inFolder((folder) => {
    const canary = { ...LANE, node: CANARY };
    write(folder, [new Uint8Array(8)], 1e9);
    write(folder, [new Uint8Array(8)], 1e9, canary);
    const reader = new TapReader(folder);
    expect(reader.lanes().map(({ lane }) => lane.node)).toEqual([CANARY, 'n1']);
    for (const lane of reader.lanes()) expect(readLane(lane)).toHaveLength(8);
    truncateSync(join(folder, `${segmentName(canary, 0n)}.batches`), 5);
    rmSync(join(folder, `${segmentName(canary, 0n)}.ids`));
    expect(reader.finish()).toMatchObject({ lanes: [{ node: 'n1' }], tornBytes: 0, problems: [] });
    reader.close();
  }));

describe('an incarnation number that two lives use is told, and never read as one line', () => {
  const batch = (firstSeq: bigint): Buffer => {
    const bytes = Buffer.alloc(BATCH_BYTES);
    encodeBatch({ ...record, firstSeq, count: 1 }, bytes);
    return bytes;
  };

  test.each([
    ['one after the other', [0n, 1n, 0n, 1n], 2],
    ['side by side', [0n, 0n, 1n, 1n], 1],
    ['at one moment', [0n, 1n, 1n, 2n], 2],
  ])('%s, in the same files', (_, firstSeqs, read) =>
    inFolder((folder) => {
      const path = join(folder, segmentName(LANE, 0n));
      // Both mint the same: read as one life, that would be a duplicate.
      writeFileSync(`${path}.ids`, Buffer.alloc(8 * firstSeqs.length, 7));
      writeFileSync(`${path}.batches`, Buffer.concat(firstSeqs.map(batch)));
      const { bytes, problems } = readAll(folder);
      expect(problems).toEqual([
        expect.stringMatching(/n1-1-0-0.batches, byte \d+: the batch begins at \d instead of \d/),
      ]);
      expect(bytes).toHaveLength(8 * read);
    }),
  );

  test('in segments of their own', () =>
    inFolder((folder) => {
      write(folder, [new Uint8Array(8), new Uint8Array(8)], 8);
      const path = join(folder, segmentName(LANE, 7n));
      writeFileSync(`${path}.ids`, Buffer.alloc(8));
      writeFileSync(`${path}.batches`, batch(7n));
      expect(readAll(folder).problems).toEqual([expect.stringContaining('n1-1-0-7 should begin at 2')]);
    }));

  test('the second makes the files anew while they are read', () =>
    inFolder((folder) => {
      write(folder, [new Uint8Array(8)], 1e9);
      const reader = new TapReader(folder);
      expect(readLane(reader.lanes()[0]!)).toHaveLength(8);
      remove(folder, segmentName(LANE, 0n));
      write(folder, [new Uint8Array(8), new Uint8Array(8)], 1e9);
      expect(readLane(reader.lanes()[0]!)).toHaveLength(0);
      expect(reader.finish().problems).toEqual([expect.stringContaining('was replaced by another file')]);
      reader.close();
    }));
});

describe('clock stamps that run backwards are told, and the IDs are read all the same', () => {
  const stamped = (calledNs: bigint, returnedNs: bigint) => ({ ...record, calledNs, returnedNs });

  test.each([
    ['returned before called', [stamped(10n, 20n), stamped(30n, 29n)], 96],
    ['called before the call before it', [stamped(2n ** 33n, 2n ** 33n), stamped(2n ** 32n, 2n ** 33n)], 96],
  ])('%s', (_, list, at) =>
    inFolder((folder) => {
      const writer = new TapWriter(folder, LANE);
      for (const each of list) writer.append(new Uint8Array(8), each);
      writer.close();
      for (const limit of [RANGE_LIMIT, { ids: 1, batches: 1 }]) {
        const { bytes, problems } = readAll(folder, limit);
        expect(bytes).toHaveLength(16);
        expect(problems).toEqual([expect.stringContaining(`n1-1-0-0.batches, byte ${at}: the clock stamps`)]);
      }
    }),
  );

  test('a wall clock may go back: it is evidence, and orders nothing', () =>
    inFolder((folder) => {
      const writer = new TapWriter(folder, LANE);
      writer.append(new Uint8Array(8), record);
      writer.append(new Uint8Array(8), { ...record, wallCalledNs: 5n, wallReturnedNs: 4n });
      writer.close();
      expect(readAll(folder).problems).toEqual([]);
    }));
});
