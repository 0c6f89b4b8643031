import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldReader, isGreater, wordsOf } from './id-words.ts';
import { decodeId } from './layout.ts';

const ids = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

test('fields read from words are the fields of the ID, whatever the layout', () => {
  fc.assert(
    fc.property(
      ids,
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 1, max: 31 }),
      (id, workerBits, sequenceBits) => {
        const timeBits = Math.min(53, 63 - workerBits - sequenceBits);
        const layout = { timeBits, workerBits, sequenceBits, tickMs: 1, epochMs: 0 };
        const fields = fieldReader(layout);
        const words = wordsOf(BigUint64Array.of(7n, id));
        const { tick, workerId } = decodeId(layout, id);
        expect({ tick: fields.tick(words, 1), workerId: fields.worker(words, 1) }).toEqual({ tick, workerId });
      },
    ),
    { numRuns: 2000 },
  );
});

test('order by words is unsigned order, in a view that starts anywhere', () => {
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      const words = wordsOf(BigUint64Array.of(0n, a, b).subarray(1));
      expect(isGreater(words, 0, 1)).toBe(a > b);
    }),
  );
});
