import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halvesOf } from './halves.ts';
import { rangeOf } from './store-fixture.ts';

test('halves, of halves too, are the range: each ID and batch in one of them, in order, each with a name of its own', () => {
  const batches = fc.array(fc.array(fc.bigInt(0n, 2n ** 64n - 1n), { maxLength: 4 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(batches, fc.bigInt(0n, 2n ** 40n), (list, firstSeq) => {
      const range = rangeOf({ runId: 'r', firstSeq, batches: list });
      const leaves: (typeof range)[] = [];
      const split = (part: typeof range): void => {
        const halves = halvesOf(part, 64);
        if (halves === undefined) leaves.push(part);
        else for (const half of halves) split(half);
      };
      split(range);
      expect(leaves).toHaveLength(list.length);
      expect(Buffer.concat(leaves.map(({ ids }) => ids)).equals(range.ids)).toBe(true);
      expect(Buffer.concat(leaves.map((leaf) => leaf.batches)).equals(range.batches)).toBe(true);
      let next = firstSeq;
      for (const leaf of leaves) {
        expect(leaf.firstSeq).toBe(next);
        expect(leaf.ids.length).toBe(leaf.count * 8);
        next += BigInt(leaf.count);
      }
      expect(next).toBe(firstSeq + BigInt(range.count));
      expect(new Set(leaves.map(({ token }) => token)).size).toBe(leaves.length);
    }),
  );
});
