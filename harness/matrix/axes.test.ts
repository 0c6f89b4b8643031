import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combine, readAxes } from './axes.ts';

const whatOf = (...words: readonly string[]): readonly string[] => readAxes(words).problems.map(({ what }) => what);

test('axes keep the order in which they were given, and their values', () => {
  expect(readAxes(['generator=a,./b.ts', 'ttl= 5, 30'])).toEqual({
    axes: [
      { name: 'generator', values: ['a', './b.ts'] },
      { name: 'ttl', values: ['5', '30'] },
    ],
    problems: [],
  });
});

describe('refused, each in its own words', () => {
  test.each([
    ['ttl', 'is no axis with its values.'],
    ['=5', 'is no axis with its values.'],
    ['ttl=', 'A value of ttl is empty.'],
    ['ttl=5,,6', 'A value of ttl is empty.'],
    ['ttl=5,6,5', '5 is there twice.'],
  ])('%s', (word, what) => {
    expect(whatOf(word)).toEqual([what]);
  });

  test('an axis that is there twice', () => {
    expect(whatOf('ttl=5', 'ttl=6')).toEqual(['There is an axis ttl already.']);
  });

  test('65 combinations, and not 64', () => {
    const values = (count: number): string => Array.from({ length: count }, (_, i) => i).join(',');
    expect(whatOf(`seed=${values(8)}`, `nodes=${values(8)}`)).toEqual([]);
    expect(whatOf(`seed=${values(5)}`, `nodes=${values(13)}`)).toEqual([
      '5 of seed × 13 of nodes are 65 combinations; 64 is the most.',
    ]);
  });

  test('all that is wrong at once', () => {
    expect(whatOf('ttl', 'seed=1,1', 'nodes=')).toHaveLength(3);
  });
});

test('combinations are all there are, each once, the last list changing fastest', () => {
  expect(
    combine([
      ['a', 'b'],
      ['1', '2'],
    ]),
  ).toEqual([
    ['a', '1'],
    ['a', '2'],
    ['b', '1'],
    ['b', '2'],
  ]);
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (lists) => {
      const all = combine(lists);
      expect(all).toHaveLength(lists.reduce((product, list) => product * list.length, 1));
      expect(new Set(all.map((one) => one.join())).size).toBe(all.length);
    }),
  );
});
