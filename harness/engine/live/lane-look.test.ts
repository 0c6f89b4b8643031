import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HELD_NONE } from '../../core/held.ts';
import type { Layout } from '../../core/layout.ts';
import { decodeId, encodeId, idBitsOf, OPAQUE_128 } from '../../core/layout.ts';
import { rangeFor } from './range-for-tests.ts';
import { idFields } from './id-fields.ts';
import type { LaneSpan } from './lane-look.ts';
import { LaneLook } from './lane-look.ts';

const LAYOUT: Layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };
const LONG: Layout = {
  idBits: 128,
  timeBits: 48,
  workerBits: 0,
  sequenceBits: 0,
  tickMs: 1,
  epochMs: 0,
  shifts: { time: 80, worker: 0, sequence: 0 },
  fixed: [{ shift: 76, bits: 4, value: 7 }],
};

const id = fc
  .record({ tick: fc.nat(12), workerId: fc.constantFrom(0, 5, 1023), sequence: fc.nat(9) })
  .map((fields) => encodeId(LAYOUT, fields));
/** Few and many, so that some ranges are wild; some with bits that no ID has. */
const ids = fc.array(fc.oneof({ weight: 30, arbitrary: id }, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
  maxLength: 400,
});
const rising = ids.map((list) => list.toSorted((a, b) => (a < b ? -1 : 1)));

interface Look {
  readonly spans: readonly LaneSpan[];
  readonly wild?: unknown;
}

/** The look at each of the ranges that the IDs of a lane are cut into, 7 IDs a batch. */
function looksAt(layout: Layout, list: readonly bigint[], perRange: number, held = 5) {
  const look = new LaneLook(idFields(layout, false));
  const cut = Array.from({ length: Math.ceil(list.length / perRange) }, (_, k) =>
    list.slice(k * perRange, (k + 1) * perRange),
  );
  return cut.map((part, k) =>
    look.look(rangeFor({ ids: part, firstSeq: BigInt(k * perRange), held, idBits: idBitsOf(layout), perBatch: 7 })),
  );
}

test('spans hold each ID in exactly one of their own worker ID, unless the range is wild', () => {
  fc.assert(
    fc.property(fc.oneof(ids, rising), fc.integer({ min: 1, max: 120 }), (list, perRange) => {
      looksAt(LAYOUT, list, perRange).forEach(({ spans, wild }: Look, k) => {
        if (wild !== undefined) return;
        for (const [place, each] of list.slice(k * perRange, (k + 1) * perRange).entries()) {
          const key = BigInt(decodeId(LAYOUT, each).workerId);
          const holding = spans.filter((span) => span.key === key && span.low <= each && each <= span.high);
          expect(holding.length, `ID ${place} of range ${k}`).toBeGreaterThan(0);
        }
      });
    }),
  );
});

test('an ID that comes twice lies in two spans that meet, or its range is wild', () => {
  fc.assert(
    fc.property(
      fc.oneof(ids, rising),
      id,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 120 }),
      (list, twice, a, b, perRange) => {
        const with1 = list.toSpliced(a % (list.length + 1), 0, twice);
        const all = with1.toSpliced(b % (with1.length + 1), 0, twice);
        const looks = looksAt(LAYOUT, all, perRange);
        if (looks.some(({ wild }) => wild !== undefined)) return;
        const key = BigInt(decodeId(LAYOUT, twice).workerId);
        const holding = looks
          .flatMap(({ spans }) => spans)
          .filter((span) => span.key === key && span.low <= twice && twice <= span.high);
        expect(holding.length).toBeGreaterThan(1);
      },
    ),
  );
});

test('counts what does not rise and what is malformed, as a plain loop does', () => {
  fc.assert(
    fc.property(
      fc.oneof(ids, rising),
      fc.integer({ min: 1, max: 400 }),
      fc.constantFrom(5, HELD_NONE),
      (list, perRange, held) => {
        const looks = looksAt(LAYOUT, list, perRange, held);
        const sum = (of: 'backward' | 'malformed'): number => looks.reduce((total, look) => total + look[of].found, 0);
        expect(sum('backward')).toBe(list.filter((each, k) => k > 0 && each <= list[k - 1]!).length);
        const isMalformed = (each: bigint): boolean => each >= 1n << 63n || decodeId(LAYOUT, each).workerId !== held;
        expect(sum('malformed')).toBe(list.filter(isMalformed).length);
      },
    ),
  );
});

test('a range in no order says from where to where its IDs lie', () => {
  const list = Array.from({ length: 500 }, (_, k) => BigInt((k * 7919) % 1009) << 22n);
  const [look] = looksAt(LAYOUT, list, 500);
  const sorted = list.toSorted((a, b) => (a < b ? -1 : 1));
  expect(look!.wild).toEqual({ low: sorted[0], high: sorted.at(-1) });
});

test('a single ID that comes again makes a span of its own, and no other any wider', () => {
  const list = Array.from({ length: 100 }, (_, k) => encodeId(LAYOUT, { tick: 1000 + k, workerId: 5, sequence: 0 }));
  const old = list[3]!;
  const [, , second] = looksAt(LAYOUT, list.toSpliced(70, 0, old), 30);
  expect(second!.spans).toHaveLength(2);
  expect(second!.spans).toContainEqual(expect.objectContaining({ low: old, high: old }));
  expect(second!.backward).toMatchObject({ found: 1, first: { id: old, before: list[69] } });
});

test.each([
  ['fixed bits of 128', LONG, [7n, 6n]],
  ['no layout', OPAQUE_128, [7n, 6n]],
])('IDs of 128 bits: %s', (_, layout, versions) => {
  const make = (tick: bigint, version: bigint): bigint => (tick << 80n) | (version << 76n) | (tick * 12_345n);
  const [right, wrong] = versions as [bigint, bigint];
  const list = [make(1n, right), make(2n, right), make(3n, wrong), make(2n, right)];
  const [look] = looksAt(layout, list, 10);
  expect(look!.malformed.found).toBe(layout === LONG ? 1 : 0);
  expect(look!.backward).toMatchObject({ found: 1, first: { id: list[3], before: list[2] } });
  expect(look!.spans.map(({ low, high }) => [low, high])).toContainEqual([list[3], list[3]]);
});

test('who held which worker ID, and when, by the calls', () => {
  const look = new LaneLook(idFields(LAYOUT, false));
  const { acts } = look.look(
    rangeFor({ ids: [1n, 2n, 3n], firstSeq: 0n, held: 5, idBits: 64, perBatch: 1, calledMs: 100 }),
  );
  // Calls at 100, 101 and 102 ms that take 0.5 ms each.
  expect(acts).toEqual([{ workerId: 5, createRevision: 0n, from: 100.5e6, to: 102e6 }]);
});
