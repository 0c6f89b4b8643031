import { expect, test } from 'vitest';
import { chained, firstBroken } from './line-chain.ts';

function chainOf(...values: readonly object[]): string[] {
  let before = 0;
  return values.map((value) => {
    const { line, chain } = chained(JSON.stringify(value), before);
    before = chain;
    return line;
  });
}

const LINES = chainOf({ a: 1 }, { a: 'ü' }, { a: 3 }, { a: 4 });

test('a line is the same JSON with one field more', () => {
  expect(LINES.map((line) => JSON.parse(line) as object)).toMatchObject([{ a: 1 }, { a: 'ü' }, { a: 3 }, { a: 4 }]);
});

test('whole chains follow, also one that ends early, and lines without any', () => {
  expect(firstBroken(LINES)).toBeUndefined();
  expect(firstBroken(LINES.slice(0, 2))).toBeUndefined();
  expect(firstBroken([])).toBeUndefined();
  expect(firstBroken(['{"a":1}', '{"a":2}'])).toBeUndefined();
});

test.each([
  ['the first is lost', LINES.slice(1), 0],
  ['one in the middle is lost', LINES.toSpliced(1, 1), 1],
  ['one was changed', LINES.with(2, LINES[2]!.replace('3', '5')), 2],
  ['one stands twice', LINES.toSpliced(2, 0, LINES[1]!), 2],
  ['two changed places', [LINES[0]!, LINES[2]!, LINES[1]!, LINES[3]!], 1],
  ['one was put in', LINES.toSpliced(3, 0, '{"a":9}'), 3],
  ['one has lost its chain', LINES.with(3, '{"a":4}'), 3],
])('%s', (_what, lines, index) => {
  expect(firstBroken(lines)).toBe(index);
});
