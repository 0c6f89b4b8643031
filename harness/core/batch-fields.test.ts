import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchFields } from './batch-fields.ts';
import { BATCH_BYTES, type BatchRecord, decodeBatch, encodeBatch } from './tap.ts';
import { unixMsOfNs } from './time.ts';

const u64 = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.constantFrom(0n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
);
const i64 = u64.map((bits) => BigInt.asIntN(64, bits));
const record = fc.record({
  firstSeq: u64,
  count: fc.nat({ max: 2 ** 32 - 1 }),
  flags: fc.nat({ max: 7 }),
  idsChecksum: fc.nat({ max: 2 ** 32 - 1 }),
  calledNs: u64,
  returnedNs: u64,
  wallCalledNs: fc.oneof(i64, fc.bigInt(1_700_000_000_000_000_000n, 1_900_000_000_000_000_000n)),
  wallReturnedNs: i64,
  workerId: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  lease: u64,
  createRevision: u64,
  fenceNs: u64,
  limitMs: i64,
});

test('the columns say of each record what decodeBatch says of it', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), u64, fc.nat({ max: 4 }), (records, originNs, offset) => {
      const bytes = Buffer.alloc(offset + records.length * BATCH_BYTES);
      for (const [i, one] of records.entries()) encodeBatch(one, bytes, offset + i * BATCH_BYTES);
      const fields = batchFields(bytes.subarray(offset), originNs);
      for (const i of records.keys()) {
        const told = decodeBatch(bytes, offset + i * BATCH_BYTES) as BatchRecord;
        expect(Object.fromEntries(Object.entries(fields).map(([name, column]) => [name, column[i]]))).toEqual({
          firstSeq: told.firstSeq,
          count: told.count,
          flags: told.flags,
          called: BigInt.asIntN(64, told.calledNs - originNs),
          returned: BigInt.asIntN(64, told.returnedNs - originNs),
          wallCalledMs: unixMsOfNs(told.wallCalledNs),
          wallReturnedMs: unixMsOfNs(told.wallReturnedNs),
          workerId: told.workerId,
          lease: told.lease,
          createRevision: told.createRevision,
        });
      }
    }),
    { numRuns: 500 },
  );
});
