import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TapWriter } from '../../generators/shell/tap-writer.ts';
import { NO_REQUESTS } from '../core/history.ts';
import { BATCH_BYTES, encodeBatch, leaseLogName, lifeName, segmentName } from '../core/tap.ts';
import type { Origin } from '../core/time.ts';
import { readHistory } from './history-for-tests.ts';
import { TapReader } from './tap-reader.ts';
import type { RangeLimit } from './tap-reader.ts';
import { inFolder, LANE, lastOf, readAll, readLane, record, remove, write } from './taps-for-tests.ts';

const ORIGIN: Origin = { monotonicNs: '1000', unixMs: 0, errorNs: 0 };

/** Any bytes are IDs. */
const idBytes = fc.nat(9).chain((count) => fc.uint8Array({ minLength: count * 8, maxLength: count * 8 }));
const batches = fc.array(idBytes, { maxLength: 30 });
const limits: fc.Arbitrary<RangeLimit> = fc.record({
  ids: fc.integer({ min: 1, max: 40 }),
  batches: fc.integer({ min: 1, max: 9 }),
});

describe('what was written is read', () => {
  test('by any pieces, over any rotation', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 100 }), limits, (list, segmentBytes, limit) =>
        inFolder((folder) => {
          write(folder, list, segmentBytes);
          const { bytes, lanes, tornBytes, problems } = readAll(folder, limit);
          expect(bytes).toEqual(Buffer.concat(list));
          expect(lanes).toEqual([{ ...LANE, ids: BigInt(bytes.length / 8), batches: list.length }]);
          expect({ tornBytes, problems }).toEqual({ tornBytes: 0, problems: [] });
        }),
      ),
    );
  });

  test('while it is written', () => {
    fc.assert(
      fc.property(
        batches,
        fc.integer({ min: 1, max: 100 }),
        fc.infiniteStream(fc.boolean()),
        (list, segmentBytes, readNow) =>
          inFolder((folder) => {
            const writer = new TapWriter(folder, LANE, segmentBytes);
            const reader = new TapReader(folder);
            const read: Buffer[] = [];
            let waiting = 0;
            for (const ids of list) {
              writer.append(ids, record);
              waiting += ids.length / 8;
              expect(reader.unread()).toBe(waiting);
              if (!readNow.next().value) continue;
              read.push(readLane(reader.lanes()[0]!));
              waiting = 0;
            }
            read.push(readLane(reader.lanes()[0]!));
            expect(Buffer.concat(read)).toEqual(Buffer.concat(list));
            expect(reader.finish()).toMatchObject({ tornBytes: 0, problems: [] });
            reader.close();
            writer.close();
          }),
      ),
    );
  });

  test('as columns, on the axis of the run, with 64-bit values whole', () =>
    inFolder((folder) => {
      const ids = new BigUint64Array([2n ** 64n - 1n, 2n ** 63n, 0n]);
      write(folder, [new Uint8Array(8), new Uint8Array(ids.buffer)], 1, { ...LANE, node: 'n2' });
      writeFileSync(
        join(folder, leaseLogName('n2', 1)),
        [
          { lease: '9', what: 'granted', sentNs: '2000', receivedNs: '2500', ttlMs: 5000 },
          { lease: '9', what: 'kept', sentNs: '4000', receivedNs: '4500', ttlMs: 4000 },
          { lease: '9', what: 'given up', sentNs: '5000', receivedNs: '5000', ttlMs: 0 },
          { lease: '9', what: 'gone', sentNs: '6000', receivedNs: '6500', ttlMs: 0 },
        ]
          .map((line) => `${JSON.stringify(line)}\n`)
          .join('') + '{"lease":"9","wh',
      );
      const { history, problems } = readHistory(folder, ORIGIN, {
        layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
        nodes: ['n1', 'n2'],
        requests: NO_REQUESTS,
        health: [],
      });
      expect(problems).toEqual([]);
      expect(history.ids).toEqual(new BigUint64Array([0n, ...ids]));
      expect(history.batches).toMatchObject({
        length: 2,
        node: Uint16Array.of(1, 1),
        firstSeq: Float64Array.of(0, 1),
        firstId: Float64Array.of(0, 1),
        count: Uint32Array.of(1, 3),
        called: Float64Array.of(500, 500),
        wallReturnedMs: Float64Array.of(1_700_000_000_124, 1_700_000_000_124),
        lease: BigUint64Array.of(record.lease, record.lease),
      });
      expect(history.leases).toEqual([
        {
          lease: '9',
          node: 'n2',
          incarnation: 1,
          lastSentNs: 3000,
          ttlMs: 4000,
          toldGoneNs: 5500,
          perhapsGivenUpNs: 4000,
        },
      ]);
    }));
});

describe('what a killed node leaves', () => {
  test('records cut at any byte: whole batches only, the rest is torn', () => {
    fc.assert(
      fc.property(fc.array(idBytes, { minLength: 1, maxLength: 9 }), fc.nat(), limits, (list, cut, limit) =>
        inFolder((folder) => {
          write(folder, list, 1e9);
          const file = lastOf(folder, 'batches');
          const keep = cut % (list.length * BATCH_BYTES + 1);
          truncateSync(file, keep);
          const whole = list.slice(0, Math.floor(keep / BATCH_BYTES));
          const { bytes, tornBytes, problems } = readAll(folder, limit);
          expect(bytes).toEqual(Buffer.concat(whole));
          expect(tornBytes).toBe((keep % BATCH_BYTES) + statSync(lastOf(folder, 'ids')).size - bytes.length);
          expect(problems).toEqual([]);
        }),
      ),
    );
  });

  test('a record that is completed between two readings is read whole', () =>
    inFolder((folder) => {
      write(folder, [new Uint8Array(8)], 1e9);
      const file = lastOf(folder, 'batches');
      const whole = readFileSync(file);
      truncateSync(file, 50);
      const reader = new TapReader(folder);
      expect(reader.lanes()[0]!.next()).toBeUndefined();
      appendFileSync(file, whole.subarray(50));
      expect(reader.lanes()[0]!.next()).toMatchObject({ count: 1 });
      expect(reader.finish()).toMatchObject({ tornBytes: 0, problems: [] });
      reader.close();
    }));
});

describe('damage is told, and nothing behind it is read', () => {
  test('any changed byte of any record', () => {
    fc.assert(
      fc.property(
        fc.array(idBytes, { minLength: 1, maxLength: 9 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (list, where, change) =>
          inFolder((folder) => {
            write(folder, list, 1e9);
            const file = lastOf(folder, 'batches');
            const bytes = readFileSync(file);
            const at = where % bytes.length;
            bytes[at]! ^= change;
            writeFileSync(file, bytes);
            const before = list.slice(0, Math.floor(at / BATCH_BYTES));
            const read = readAll(folder);
            expect(read.bytes).toEqual(Buffer.concat(before));
            expect(read.problems).toEqual([
              expect.stringMatching(
                new RegExp(`n1-1-0-0.batches, byte ${before.length * BATCH_BYTES}: the (checksum|magic)`),
              ),
            ]);
          }),
      ),
    );
  });

  test('any changed byte of any ID', () => {
    fc.assert(
      fc.property(
        fc.array(idBytes, { minLength: 1, maxLength: 9 }).filter((list) => Buffer.concat(list).length > 0),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        limits,
        (list, where, change, limit) =>
          inFolder((folder) => {
            write(folder, list, 1e9);
            const file = lastOf(folder, 'ids');
            const bytes = readFileSync(file);
            const at = where % bytes.length;
            bytes[at]! ^= change;
            writeFileSync(file, bytes);
            const ends = list.map((_, index) => Buffer.concat(list.slice(0, index + 1)).length);
            const begin = ends.findLast((end) => end <= at) ?? 0;
            const read = readAll(folder, limit);
            expect(read.bytes).toEqual(Buffer.concat(list).subarray(0, begin));
            expect(read.problems).toEqual([`n1-1-0-0.ids, byte ${begin}: the checksum of the IDs does not match`]);
          }),
      ),
    );
  });

  test('a node may give no checksum of its IDs: they are read as they are', () =>
    inFolder((folder) => {
      write(folder, [], 1e9);
      const batch = Buffer.alloc(BATCH_BYTES);
      encodeBatch({ ...record, firstSeq: 0n, count: 1 }, batch);
      writeFileSync(lastOf(folder, 'ids'), Buffer.alloc(8, 7));
      writeFileSync(lastOf(folder, 'batches'), batch);
      expect(readAll(folder)).toMatchObject({ bytes: Buffer.alloc(8, 7), problems: [] });
    }));

  test('IDs cut short: no part of a batch is read', () => {
    fc.assert(
      fc.property(
        fc.array(idBytes, { minLength: 1, maxLength: 9 }).filter((list) => Buffer.concat(list).length > 0),
        fc.nat(),
        limits,
        (list, cut, limit) =>
          inFolder((folder) => {
            write(folder, list, 1e9);
            const whole = Buffer.concat(list);
            truncateSync(lastOf(folder, 'ids'), cut % whole.length);
            const { bytes, problems } = readAll(folder, limit);
            expect(whole.subarray(0, bytes.length)).toEqual(bytes);
            expect(problems).toEqual([expect.stringContaining('shorter than its records say')]);
          }),
      ),
    );
  });

  test.each([
    ['a segment in the middle is gone', (folder: string) => remove(folder, segmentName(LANE, 1n)), 'should begin at 1'],
    ['the first segment is gone', (folder: string) => remove(folder, segmentName(LANE, 0n)), 'should begin at 0'],
    [
      'a segment lost its IDs',
      (folder: string) => rmSync(join(folder, 'n1-1-0-1.ids')),
      'n1-1-0-1.batches has no .ids',
    ],
    [
      'the last segment lost its records',
      (folder: string) => rmSync(join(folder, 'n1-1-0-2.batches')),
      'n1-1-0-2.ids has 8 bytes',
    ],
    [
      'a rotated segment ends in a torn record',
      (folder: string) => truncateSync(join(folder, 'n1-1-0-0.batches'), 95),
      'although a later segment follows',
    ],
    [
      'a life is missing',
      (folder: string) => writeFileSync(join(folder, lifeName('n1', 2)), ''),
      'n1-1.life is missing',
    ],
    [
      'a lease log is damaged',
      (folder: string) => writeFileSync(join(folder, leaseLogName('n1', 1)), '{}\nx\n'),
      'n1-1.leases, line 2',
    ],
    ['a lease log is gone', (folder: string) => rmSync(join(folder, leaseLogName('n1', 1))), 'n1-1.leases is missing'],
  ])('%s', (_, damage, message) =>
    inFolder((folder) => {
      write(folder, [new Uint8Array(8), new Uint8Array(8), new Uint8Array(8)], 8);
      expect(readAll(folder).problems).toEqual([]);
      damage(folder);
      expect(readAll(folder).problems).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
    }),
  );
});
