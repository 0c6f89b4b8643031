import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../core/errors.ts';
import type { RegionInput } from './plan-input.ts';
import type { Regions, WorkerRange } from './regions.ts';
import { propose, regionsOf, sizeOf } from './regions.ts';

const region = (name: string, workerIds?: WorkerRange, share = 1): RegionInput =>
  workerIds === undefined ? { name, share } : { name, share, workerIds };
const range = (from: number, to: number): WorkerRange => ({ from, to });

function told(regions: readonly RegionInput[], workerIds: number): readonly string[] {
  const result = regionsOf(regions, workerIds, 'plan.json');
  return 'ranges' in result ? [] : result.map(({ where, what }) => `${where}: ${what}`);
}

/** Each worker ID of a space, and how many ranges hold it. */
function holders(ranges: readonly WorkerRange[], workerIds: number): readonly number[] {
  const held = Array.from({ length: workerIds }, () => 0);
  for (const { from, to } of ranges) for (let id = from; id <= to; id++) held[id] = (held[id] ?? 0) + 1;
  return held;
}

const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 });

describe('ranges that are proposed', () => {
  test('are disjoint and complete, whatever the weights', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 1012 }), (shares, more) => {
        const workerIds = shares.length + more;
        expect(holders(propose(shares, workerIds) ?? [], workerIds)).toEqual(
          Array.from({ length: workerIds }, () => 1),
        );
      }),
    );
  });

  test('go by weight, to the worker ID', () => {
    fc.assert(
      fc.property(weights, (shares) => {
        const total = shares.reduce((sum, share) => sum + share, 0);
        const free = 1024 - shares.length;
        for (const [index, proposed] of (propose(shares, 1024) ?? []).entries())
          expect(Math.abs(sizeOf(proposed) - 1 - (free * (shares[index] as number)) / total)).toBeLessThan(1);
      }),
    );
  });

  test('claim C18: 40, 25, 20 and 15 % of the load', () => {
    expect(propose([40, 25, 20, 15], 1024)).toEqual([
      range(0, 408),
      range(409, 664),
      range(665, 869),
      range(870, 1023),
    ]);
  });

  test('are none where there are more regions than worker IDs, or one without a share', () => {
    expect(propose([1, 1, 1], 2)).toBeUndefined();
    expect(told([region('a'), { name: 'b', share: 0 }], 1024)).toEqual([expect.stringContaining('by their shares')]);
  });
});

describe('ranges that are given', () => {
  test('claim C10: three regions of a third each are taken as they are', () => {
    const ranges = [range(0, 341), range(342, 683), range(684, 1023)];
    const given = ranges.map((one, index) => region(`r${index}`, one));
    expect(regionsOf(given, 1024, 'plan.json')).toEqual({
      ranges: 'given',
      regions: ranges.map((workerIds, index) => ({ name: `r${index}`, workerIds, share: 1 / 3 })),
    });
  });

  test('claim C10: 0–99, 100–199, 200–299 leave worker IDs to nobody', () => {
    const given = [region('a', range(0, 99)), region('b', range(100, 199)), region('c', range(200, 299))];
    expect(told(given, 1024)).toEqual(['plan.json: regions: Worker IDs 300 to 1023 belong to no region.']);
  });

  test('a part of one region cannot be part of another, and each fault is told', () => {
    const given = [region('a', range(0, 9)), region('b', range(8, 12)), region('c', range(14, 16))];
    expect(told(given, 16)).toEqual([
      'plan.json: regions[2].workerIds: c has worker IDs up to 16, and the layout ends at 15.',
      'plan.json: regions[1].workerIds: b shares worker IDs 8 to 9 with a: both would mint under them.',
      'plan.json: regions: Worker IDs 13 belong to no region.',
    ]);
  });

  test('one within another is told with the part that they share', () => {
    const given = [region('a', range(0, 15)), region('b', range(4, 5)), region('c', range(6, 7))];
    expect(told(given, 16)).toEqual([
      expect.stringContaining('b shares worker IDs 4 to 5 with a'),
      expect.stringContaining('c shares worker IDs 6 to 7 with a'),
    ]);
  });

  test('are all given, or none', () => {
    expect(told([region('a', range(0, 15)), region('b')], 16)).toEqual([expect.stringContaining('b: no worker IDs')]);
  });

  test('are taken if and only if each worker ID belongs to exactly one', () => {
    const anyRange = fc
      .tuple(fc.integer({ min: 0, max: 17 }), fc.integer({ min: 0, max: 17 }))
      .map(([one, other]) => range(Math.min(one, other), Math.max(one, other)));
    const cuts = fc
      .uniqueArray(fc.integer({ min: 1, max: 15 }), { maxLength: 5 })
      .map((ends) => [0, ...ends.toSorted((a, b) => a - b), 16])
      .map((ends) => ends.slice(1).map((end, index) => range(ends[index] as number, end - 1)));
    // One end moved by one: the slip that a reader does not see.
    const nearly = fc
      .tuple(cuts, fc.nat(), fc.constantFrom<[number, number]>([-1, 0], [1, 0], [0, -1], [0, 1]))
      .map(([ranges, which, [from, to]]) =>
        ranges.map((one, index) =>
          index === which % ranges.length ? range(Math.max(0, one.from + from), one.to + to) : one,
        ),
      )
      .filter((ranges) => ranges.every(({ from, to }) => from <= to));
    fc.assert(
      fc.property(fc.oneof(cuts, nearly, fc.array(anyRange, { minLength: 1, maxLength: 4 })), (ranges) => {
        const regions = ranges.map((one, index) => region(`r${index}`, one));
        const isWhole =
          ranges.every(({ to }) => to < 16) && holders(ranges, 16).every((holdersOfOne) => holdersOfOne === 1);
        const result: Regions | readonly Problem[] = regionsOf(regions, 16, 'plan.json');
        expect('ranges' in result).toBe(isWhole);
      }),
    );
  });
});
