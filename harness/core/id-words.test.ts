import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idReader } from './id-words.ts';
import type { Layout } from './layout.ts';
import { decodeId, encodeId, layoutProblems } from './layout.ts';

const idsOf = (bits: 64 | 128) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const idBits = fc.constantFrom(64, 128);

/** Fields of random width in a random order below the time, with a gap of random bits above each, and one fixed field. */
const layouts: fc.Arbitrary<Layout> = fc
  .record({
    idBits,
    sizes: fc.record({
      worker: fc.integer({ min: 0, max: 31 }),
      sequence: fc.integer({ min: 0, max: 20 }),
      fixed: fc.integer({ min: 1, max: 4 }),
    }),
    order: fc.shuffledSubarray(['worker', 'sequence', 'fixed'] as const, { minLength: 3 }),
    gap: fc.integer({ min: 0, max: 2 }),
    value: fc.nat(),
  })
  .map(({ idBits, sizes, order, gap, value }) => {
    let next = 0;
    const at = new Map<string, number>();
    for (const name of order) {
      at.set(name, next);
      next += sizes[name] + gap;
    }
    return {
      idBits,
      timeBits: Math.min(53, idBits - next),
      workerBits: sizes.worker,
      sequenceBits: sizes.sequence,
      tickMs: 1,
      epochMs: 0,
      shifts: { time: next, worker: at.get('worker')!, sequence: at.get('sequence')! },
      fixed: [{ shift: at.get('fixed')!, bits: sizes.fixed, value: value % 2 ** sizes.fixed }],
    };
  });

/** As `History.ids` has them. */
function packed(layout: Layout, ids: readonly bigint[]): BigUint64Array {
  if (layout.idBits !== 128) return BigUint64Array.from(ids);
  return BigUint64Array.from(ids.flatMap((id) => [BigInt.asUintN(64, id), id >> 64n]));
}

test('fields read from words are the fields of the ID, whatever the layout', () => {
  fc.assert(
    fc.property(
      layouts.chain((layout) => fc.tuple(fc.constant(layout), idsOf(layout.idBits!))),
      ([layout, id]) => {
        const reader = idReader({ ids: packed(layout, [7n, id]), layout });
        const { tick, workerId } = decodeId(layout, id);
        expect({ tick: reader.tick(1), workerId: reader.worker(1), id: reader.at(1) }).toEqual({ tick, workerId, id });
      },
    ),
    { numRuns: 2000 },
  );
});

test('what is encoded is decoded, and carries its marks', () => {
  fc.assert(
    fc.property(layouts, fc.nat(), fc.nat(), fc.nat(), (layout, time, worker, count) => {
      expect(layoutProblems(layout)).toEqual([]);
      const tick = time % 2 ** layout.timeBits;
      const workerId = worker % 2 ** layout.workerBits;
      const sequence = count % 2 ** layout.sequenceBits;
      const id = encodeId(layout, { tick, workerId, sequence });
      expect(decodeId(layout, id)).toEqual({ unixMs: tick, tick, workerId, sequence: BigInt(sequence) });
      const [mark] = layout.fixed!;
      const reader = idReader({ ids: packed(layout, [id, id ^ (1n << BigInt(mark!.shift))]), layout });
      expect([reader.isMarked(0), reader.isMarked(1)]).toEqual([true, false]);
    }),
    { numRuns: 1000 },
  );
});

test('a field that is too great is refused', () => {
  const layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };
  const fields = { tick: 0, workerId: 0, sequence: 0 };
  expect(() => encodeId(layout, { ...fields, tick: 2 ** 41 })).toThrow('tick 2199023255552 does not fit in 41 bits');
  expect(() => encodeId(layout, { ...fields, workerId: -1 })).toThrow(RangeError);
  expect(() => encodeId(layout, { ...fields, sequence: 0.5 })).toThrow(RangeError);
});

test('order by words is unsigned order, in a view that starts anywhere', () => {
  fc.assert(
    fc.property(
      idBits.chain((bits) => fc.tuple(fc.constant(bits), idsOf(bits), idsOf(bits))),
      ([bits, a, b]) => {
        const layout = { idBits: bits, timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };
        const ids = packed(layout, [0n, a, b, a]).subarray(bits / 64);
        const reader = idReader({ ids, layout });
        expect(reader.isGreater(0, 1)).toBe(a > b);
        expect(reader.isGreater(0, 2)).toBe(false);
      },
    ),
  );
});

test('IDs that differ in one word only are ordered by it', () => {
  const layout = { idBits: 128, timeBits: 48, workerBits: 0, sequenceBits: 80, tickMs: 1, epochMs: 0 } as const;
  for (const bit of [0n, 31n, 32n, 63n, 64n, 95n, 96n, 127n]) {
    const reader = idReader({ ids: packed(layout, [0n, 1n << bit]), layout });
    expect([reader.isGreater(1, 0), reader.isGreater(0, 1)]).toEqual([true, false]);
  }
});

test('layouts that cannot be read are told apart', () => {
  const layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };
  const at = (time: number, worker: number, sequence: number) => ({ ...layout, shifts: { time, worker, sequence } });
  expect(layoutProblems(layout)).toEqual([]);
  expect(layoutProblems({ ...layout, timeBits: 43 })).toEqual(['the time ends above bit 64']);
  expect(layoutProblems(at(22, 11, 0))).toEqual(['worker and sequence share bits']);
  expect(layoutProblems(at(12, 53, 0))).toEqual(['the worker lies above the time']);
});
