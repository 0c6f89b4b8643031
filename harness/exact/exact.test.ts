import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeId, idBitsOf, type Layout } from '../core/layout.ts';
import { startCrew } from './crew.ts';
import { exactWithin } from './exact.ts';
import { FEW_WORKERS, Files, fold, inFoldsWords, type Line, TINY, unhashed } from './input-fixture.ts';
import { type Limits, LIMITS } from './limits.ts';
import { byPartition } from './partition-passes.ts';
import { cut } from './pieces.ts';
import type { ExactMethod, ExactOptions, ExactResult } from './segment.ts';
import { Progress, Region, type Work } from './work.ts';

const files = new Files();
afterAll(() => files[Symbol.dispose]());

const WITNESSES = 5;
/** Room for few fingerprints: several passes. */
const MEMORY_BYTES = 3000;

interface History {
  readonly lines: readonly Line[];
  readonly layout: Layout;
}

/** The answer by the method, or that it gave up. */
async function answer(
  { lines, layout }: History,
  method: ExactMethod,
  { knows = true, limits = TINY }: { readonly knows?: boolean; readonly limits?: Limits } = {},
): Promise<ExactResult | 'gave up'> {
  const options: ExactOptions = {
    idBits: idBitsOf(layout),
    ...(knows && { layout }),
    ...{ witnesses: WITNESSES, memoryBytes: MEMORY_BYTES, threads: 0 },
    method: method === 'certificate' ? 'certificate' : 'partition',
  };
  // Without room for a fingerprint that is alike, whole IDs are compared wherever there are duplicates.
  const within = method === 'partition' ? { ...limits, alikeMax: -1 } : limits;
  const result = await exactWithin(files.segments(lines, options.idBits), options, within).catch((error: Error) => {
    if (method === 'certificate' && error.message.startsWith('The certificate gave up: ')) return 'gave up' as const;
    throw error;
  });
  if (result !== 'gave up' && method !== 'fingerprints') expect(result.method).toBe(method);
  return result;
}

async function expectAllEqualFold(history: History, limits: Limits = TINY): Promise<readonly ExactMethod[]> {
  const expected = fold(history.lines, WITNESSES);
  const answered = new Set<ExactMethod>();
  for (const method of ['certificate', 'fingerprints', 'partition'] as const)
    for (const knows of [true, false]) {
      const result = await answer(history, method, { knows, limits });
      if (result === 'gave up') continue;
      expect(inFoldsWords(result, history.lines)).toEqual(expected);
      answered.add(result.method);
    }
  return [...answered];
}

/** IDs of a layout that are near one another: few workers, times and sequences, so that much of it meets. */
const idOf = (layout: Layout): fc.Arbitrary<bigint> =>
  fc
    .tuple(fc.nat(30), fc.nat(3), fc.nat(2))
    .map(([tick, workerId, sequence]) => encodeId(layout, { tick: tick + 1000, workerId, sequence }));

/** Any at all, the least and the greatest among them. */
const anyId = (layout: Layout): fc.Arbitrary<bigint> => {
  const max = (1n << BigInt(idBitsOf(layout))) - 1n;
  return fc.oneof(fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, max - 1n, max));
};

/** A line that rises but for a few IDs that are put somewhere else, doubled, or foreign. */
const orderly = (layout: Layout, worker: number): fc.Arbitrary<readonly bigint[]> =>
  fc
    .tuple(fc.nat(40), fc.array(fc.tuple(fc.nat(100), fc.nat(100), idOf(layout), fc.nat(2)), { maxLength: 3 }))
    .map(([count, changes]) => {
      const ids = Array.from({ length: count }, (_, k) =>
        encodeId(layout, { tick: 1000 + (k >> 1), workerId: worker, sequence: k & 1 }),
      );
      for (const [from, to, foreign, kind] of changes) {
        const id = kind === 2 ? foreign : ids[from % Math.max(1, count)];
        if (id !== undefined) ids.splice(to % (count + 1), kind === 0 ? 0 : 1, id);
      }
      return ids;
    });

const cutUp = (ids: readonly bigint[]): fc.Arbitrary<Line> =>
  fc.array(fc.nat(ids.length), { maxLength: 3 }).map((cuts) => {
    const at = [0, ...cuts.sort((a, b) => a - b), ids.length];
    return at.slice(1).map((end, k) => ids.slice(at[k], end));
  });

const lineOf = (ids: fc.Arbitrary<readonly bigint[]>): fc.Arbitrary<Line> => ids.chain(cutUp);

const historyOf = (layout: Layout): fc.Arbitrary<History> => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.nat(3).chain((worker) => lineOf(orderly(layout, worker))) },
    { weight: 1, arbitrary: lineOf(fc.array(idOf(layout), { maxLength: 60 })) },
    { weight: 1, arbitrary: lineOf(fc.array(anyId(layout), { maxLength: 60 })) },
    // Merged from several nodes: their IDs alternate, in order of time.
    {
      weight: 1,
      arbitrary: lineOf(
        fc.uniqueArray(idOf(layout), { maxLength: 60 }).map((ids) => ids.sort((a, b) => (a < b ? -1 : 1))),
      ),
    },
  );
  return fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([lines, twice]) => ({ lines: twice ? [...lines, lines[0]!] : lines, layout }));
};

/** Where chunks, pieces and buckets end, and how little is held. */
const sizes: fc.Arbitrary<Limits> = fc
  .record({
    chunkIds: fc.integer({ min: 1, max: 9 }),
    pieceIds: fc.integer({ min: 1, max: 40 }),
    smallRun: fc.nat(4),
    outliersMax: fc.constantFrom(0, 8, 100),
    runsMax: fc.constantFrom(10, 40, 400),
    rangesMax: fc.integer({ min: 0, max: 6 }),
    talliedMax: fc.constantFrom(3, 60),
    alikeMax: fc.constantFrom(3, 30),
    bucketIds: fc.integer({ min: 2, max: 30 }),
  })
  .map((drawn) => ({ ...TINY, ...drawn }));

describe.each([64, 128] as const)('IDs of %i bits', (idBits) => {
  const layout = FEW_WORKERS[idBits];
  const max = (1n << BigInt(idBits)) - 1n;
  const id = (tick: number, workerId = 1, sequence = 0): bigint => encodeId(layout, { tick, workerId, sequence });
  const rising = (count: number, worker = 1): readonly bigint[] =>
    Array.from({ length: count }, (_, k) => id(k, worker));

  test('certificate, fingerprints and partition answer as a fold does', async () => {
    const answered = new Map<ExactMethod, number>();
    await fc.assert(
      fc.asyncProperty(historyOf(layout), sizes, async (history, limits) => {
        for (const method of await expectAllEqualFold(history, limits))
          answered.set(method, (answered.get(method) ?? 0) + 1);
      }),
      { numRuns: 150 },
    );
    // None of them has its right answers by never answering.
    for (const method of ['certificate', 'fingerprints', 'partition'] as const)
      expect(answered.get(method) ?? 0, method).toBeGreaterThan(30);
  }, 120_000);

  const hostile: Readonly<Record<string, readonly Line[]>> = {
    nothing: [[[]]],
    'one ID': [[[7n]]],
    'all equal': [[Array.from({ length: 120 }, () => 5n)], [Array.from({ length: 120 }, () => 5n)]],
    'all distinct': [[rising(200)], [rising(200, 2)]],
    'two files equal': [[rising(150)], [rising(150)]],
    'one duplicate at the far ends': [[rising(150)], [[...rising(100, 2), id(0)]]],
    'the greatest first and again last': [[[id(900), ...rising(150)]], [[...rising(100, 2), id(900)]]],
    'duplicates astride the edges of chunks, pieces and segments': [
      [
        [id(1), id(2), id(3)],
        [id(3), id(4), id(5), id(6), id(7), id(8), id(8)],
        [id(8), id(9)],
      ],
      [[id(20), id(21), id(22), id(23), id(24), id(25), id(26), id(26), id(27)]],
    ],
    'the least and the greatest ID, twice': [[[0n, 1n, max]], [[0n, max - 1n, max]]],
    'the least and the greatest ID, once': [[[0n, 1n, max - 1n, max]]],
    descending: [[rising(200).toReversed()]],
    'workers that alternate': [[rising(90).flatMap((one, k) => [one, id(k, 2), id(k, 3)])]],
    'workers that alternate, one of them with a duplicate': [
      [[...rising(90).flatMap((one, k) => [one, id(k, 2), id(k, 3)]), id(44, 2)]],
    ],
    '200 duplicates of one ID': [[rising(150)], [Array.from({ length: 200 }, () => id(77))]],
    'each ID 20 times': [[Array.from({ length: 15 }, (_, k) => Array.from({ length: 20 }, () => id(k))).flat()]],
    'a block that is emitted again': [
      [[...rising(100), ...rising(100).slice(30, 60), ...Array.from({ length: 50 }, (_, k) => id(200 + k))]],
    ],
    'a block of another node': [
      [rising(100)],
      [[...rising(30, 2), ...rising(100).slice(40, 70), ...Array.from({ length: 50 }, (_, k) => id(200 + k, 2))]],
    ],
  };
  test.each(Object.entries(hostile))('%s', async (_, lines) => {
    await expectAllEqualFold({ lines, layout });
    // With all the room that there is by default, too.
    await expectAllEqualFold({ lines, layout }, LIMITS);
  });

  test('the certificate answers where few are out of place, and gives up where it cannot', async () => {
    const swapped = rising(60).map((one, k, all) => (k === 30 ? all[31]! : k === 31 ? all[30]! : one));
    expect(await answer({ lines: [[swapped], [[...rising(50, 2), id(7)]]], layout }, 'certificate')).toMatchObject({
      method: 'certificate',
      repeated: 1n,
    });
    const alternating = [[rising(90).flatMap((one, k) => [one, id(k, 2), id(k, 3)])]];
    const roomy = { ...TINY, runsMax: 200 };
    expect(await answer({ lines: alternating, layout }, 'certificate', { limits: roomy })).toMatchObject({
      method: 'certificate',
      repeated: 0n,
    });
    // What is out of place at the edge of a piece makes no run meet all others: nothing else has to be held.
    for (const at of [TINY.pieceIds - 1, TINY.pieceIds])
      for (const misplaced of [id(0), id(500)]) {
        const ids = rising(100).with(at, misplaced);
        const history = { lines: [[ids], [rising(50, 2)]], layout };
        const result = await answer(history, 'certificate', { limits: { ...TINY, talliedMax: 4, outliersMax: 4 } });
        expect(result).toMatchObject({ repeated: misplaced === id(0) ? 1n : 0n });
      }
    // Of whom nothing is known, two lines that rise side by side meet everywhere.
    const side = { lines: [[rising(90)], [rising(90, 2)]], layout };
    expect(await answer(side, 'certificate', { knows: true })).toMatchObject({ repeated: 0n });
    expect(await answer(side, 'certificate', { knows: false })).toBe('gave up');
    expect(await answer({ lines: [[rising(90).toReversed()]], layout }, 'certificate')).toBe('gave up');
  });
});

describe('IDs made for the hash', () => {
  const SEED = 7;
  const limits: Limits = { ...TINY, seed: SEED, talliedMax: 1000, alikeMax: 1000 };
  const layout = FEW_WORKERS[64];
  const without = { idBits: 64, method: 'partition', witnesses: WITNESSES, memoryBytes: MEMORY_BYTES } as const;

  test('all in one bucket: whole IDs are compared, by a hash that nobody knew', async () => {
    const ids = Array.from({ length: 200 }, (_, k) => unhashed(k, k * 7919, SEED));
    const lines = [[[...ids, ids[3]!]]];
    const result = await exactWithin(files.segments(lines, 64), without, limits);
    expect(result.method).toBe('partition');
    expect(inFoldsWords(result, lines)).toEqual(fold(lines, WITNESSES));
  });

  test('alike in all that is kept of the hash: looked up, and found to differ', async () => {
    // The upper bits choose the bucket; below them, they differ where nothing is kept.
    const ids = Array.from({ length: 20 }, (_, k) => unhashed(0x1234_0000 + k, 99, SEED));
    const others = Array.from({ length: 30 }, (_, k) => encodeId(layout, { tick: k, workerId: 1, sequence: 0 }));
    const lines = [[[...ids, ...others, ids[5]!]]];
    const result = await exactWithin(files.segments(lines, 64), without, { ...limits, bucketIds: 60 });
    expect(result.method).toBe('fingerprints');
    expect(inFoldsWords(result, lines)).toEqual(fold(lines, WITNESSES));
  });

  test('in one bucket of the partition: it begins anew, and ends with an error where no hash helps', async () => {
    const ids = Array.from({ length: 400 }, (_, k) => unhashed(k, k * 7919, SEED));
    const segments = files.segments([[[...ids, ids[9]!]]], 64);
    const pieces = cut(segments, 8, limits.pieceIds);
    await using crew = startCrew({ words: 2, pieces, limits, threads: 0, onRead: () => undefined });
    const work: Work = {
      ...{ words: 2, pieces, limits, seed: SEED, emissions: 401, memoryBytes: 10_000, witnesses: WITNESSES },
      progress: new Progress(undefined),
      region: new Region(),
    };
    const drawn = [SEED, SEED, 1234];
    const found = await byPartition(crew, work, () => drawn.shift()!);
    expect(drawn).toEqual([]);
    expect(found).toMatchObject({ surplus: 1n, repeated: 1n, duplicates: [{ id: ids[9], total: 2n }] });
    await expect(byPartition(crew, { ...work, limits: { ...limits, triesMax: 2 } }, () => SEED)).rejects.toThrow(
      'No hash of 2 spread the IDs evenly.',
    );
  });
});
