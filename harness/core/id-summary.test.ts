import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STEPS_MAX, summarise } from './id-summary.ts';

/** IDs of few values, of all bits, and of doubles that are no number: the quick way must not judge these. */
const idOf = (idBits: 64 | 128): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt(0n, 5n),
    fc.bigInt(0n, 2n ** BigInt(idBits) - 1n),
    fc.bigInt(0n, 9n).map((n) => 2n ** BigInt(idBits) - 1n - n),
    fc.bigInt(0n, 9n).map((n) => (0x7ff0n << BigInt(idBits - 16)) + n),
    fc.bigInt(0n, 9n).map((n) => (1n << BigInt(idBits - 1)) + n),
  );

const inOrder = (ids: readonly bigint[]): bigint[] => [...new Set(ids)].sort((a, b) => (a < b ? -1 : 1));

describe.each([64, 128] as const)('of %i bits', (idBits) => {
  const batches = fc.array(
    fc.oneof(
      fc.array(idOf(idBits), { maxLength: 12 }),
      fc.array(idOf(idBits), { maxLength: 12 }).map(inOrder),
      fc.array(fc.bigInt(0n, 1n), { maxLength: 40 }),
    ),
    { maxLength: 6 },
  );

  test('the summary of each batch is that of a plain fold', () => {
    fc.assert(
      fc.property(batches, (batches) => {
        expect(summaryOf(batches, idBits)).toEqual(batches.map((ids) => plainly(ids, idBits)));
      }),
      { numRuns: 500 },
    );
  });

  test('stretches increase, and hold each ID of a batch of few steps', () => {
    fc.assert(
      fc.property(batches, (batches) => {
        for (const [batch, { stretches, backward }] of summaryOf(batches, idBits).entries()) {
          for (const [low, high] of stretches) expect(low <= high).toBe(true);
          if (backward === 0 || backward > STEPS_MAX) continue;
          let at = 0;
          const ids = batches[batch]!;
          for (const [low, high] of stretches) {
            expect(ids[at]).toBe(low);
            while (ids[at]! < high) expect(ids[at + 1]! > ids[at++]!).toBe(true);
            expect(ids[at++]).toBe(high);
          }
          expect(at).toBe(ids.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('bytes that begin anywhere are read alike', () => {
  const ids = Buffer.from(BigUint64Array.of(7n, 9n, 8n).buffer);
  const shifted = Buffer.concat([Buffer.of(0), ids]).subarray(1);
  expect(summarise(shifted, 64, Uint32Array.of(3))).toEqual(summarise(ids, 64, Uint32Array.of(3)));
});

test('one foreign ID stretches none of its neighbours', () => {
  const [summary] = summaryOf([[100n, 101n, 102n, 7n, 103n, 104n]], 64);
  expect(summary?.stretches).toEqual([
    [100n, 101n],
    [102n, 102n],
    [7n, 7n],
    [103n, 104n],
  ]);
});

interface Summary {
  readonly first: bigint;
  readonly last: bigint;
  readonly lowest: bigint;
  readonly greatest: bigint;
  readonly varying: bigint;
  readonly backward: number;
}

function plainly(ids: readonly bigint[], idBits: 64 | 128): unknown {
  const [first = 0n] = ids;
  const summary: Summary = {
    first,
    last: ids.at(-1) ?? 0n,
    lowest: ids.reduce((a, b) => (b < a ? b : a), first),
    greatest: ids.reduce((a, b) => (b > a ? b : a), first),
    varying: BigInt.asUintN(
      idBits,
      ids.reduce((bits, id) => bits | (id ^ first), 0n),
    ),
    backward: ids.filter((id, k) => k > 0 && id <= ids[k - 1]!).length,
  };
  return expect.objectContaining(summary);
}

function summaryOf(
  batches: readonly (readonly bigint[])[],
  idBits: 64 | 128,
): (Summary & { readonly stretches: readonly (readonly [bigint, bigint])[] })[] {
  const words = batches.flat().flatMap((id) => (idBits === 64 ? [id] : [BigInt.asUintN(64, id), id >> 64n]));
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer);
  const of = summarise(
    bytes,
    idBits,
    Uint32Array.from(batches, ({ length }) => length),
  );
  const read = (words: Uint32Array, at: number): bigint => {
    let value = 0n;
    for (let word = idBits / 32 - 1; word >= 0; word--)
      value = (value << 32n) | BigInt(words[(at * idBits) / 32 + word]!);
    return value;
  };
  return batches.map((_, batch) => {
    const from = batch === 0 ? 0 : Number(of.stretches.ends[batch - 1]);
    const stretches: (readonly [bigint, bigint])[] = [];
    for (let at = from; at < Number(of.stretches.ends[batch]); at += 2)
      stretches.push([read(of.stretches.ids, at), read(of.stretches.ids, at + 1)]);
    return {
      first: read(of.first, batch),
      last: read(of.last, batch),
      lowest: read(of.lowest, batch),
      greatest: read(of.greatest, batch),
      varying: read(of.varying, batch),
      backward: of.backward[batch]!,
      stretches,
    };
  });
}
