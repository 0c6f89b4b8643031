import { expect, test } from 'vitest';
import { WITNESSES_MAX } from '../core/finding.ts';
import { BATCH_FLAG } from '../core/tap.ts';
import { HistoryBuilder } from './shared/history-builder.ts';
import unique from './unique.ts';

const judge = (history: HistoryBuilder) => unique.fold(history.build(), { guarantee: 'unique' });

test('one ID minted by two nodes is one violation, with both sightings in order of time', () => {
  const found = judge(
    new HistoryBuilder().batch({ node: 'n2', at: 30, ids: [{ ms: 5, sequence: 7 }] }).batch({
      node: 'n1',
      at: 5,
      ids: [
        { ms: 5, sequence: 6 },
        { ms: 5, sequence: 7 },
      ],
    }),
  );
  expect(found).toMatchObject({ verdict: 'fail', checked: 3, violations: 1 });
  expect(found.witnesses[0]!.sightings.map(({ node, seq, called }) => ({ node, seq, called }))).toEqual([
    { node: 'n1', seq: 1, called: 5e6 },
    { node: 'n2', seq: 0, called: 30e6 },
  ]);
});

test('every surplus emission counts', () => {
  const same = { ms: 1 };
  expect(judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [same, same, same, { ms: 2 }] })).violations).toBe(
    2,
  );
});

test('the same emission delivered twice accuses nobody', () => {
  const batch = { node: 'n1', at: 5, firstSeq: 0, ids: [{ ms: 5 }, { ms: 5, sequence: 1 }] };
  expect(judge(new HistoryBuilder().batch(batch).batch(batch))).toMatchObject({ verdict: 'pass', violations: 0 });
});

test('the same position in a later life is another emission', () => {
  const batch = { node: 'n1', at: 5, firstSeq: 0, ids: [{ ms: 5 }] };
  expect(judge(new HistoryBuilder().batch(batch).batch({ ...batch, at: 9, incarnation: 2 })).violations).toBe(1);
});

test('IDs that differ only above bit 53, or only in the sign bit, are different', () => {
  const ids = [2n ** 63n, 2n ** 63n + 1n, 2n ** 62n, 2n ** 62n + 1n, 1n, 2n ** 64n - 1n, 2n ** 64n - 2n];
  expect(judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids })).violations).toBe(0);
  expect(judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [...ids, 2n ** 64n - 1n] })).violations).toBe(1);
});

test('many duplicates of one pair of lives leave room for those of another', () => {
  const builder = new HistoryBuilder();
  const ids = Array.from({ length: 30 }, (_, sequence) => ({ ms: 5, sequence }));
  builder.batch({ node: 'n1', at: 5, ids }).batch({ node: 'n2', at: 6, ids });
  builder.batch({ node: 'n3', at: 7, ids: [{ ms: 7 }] }).batch({ node: 'n1', at: 8, ids: [{ ms: 7 }] });
  const found = judge(builder);
  expect(found.violations).toBe(31);
  expect(found.witnesses.map(({ what }) => what.replace(/ID \d+/, 'ID'))).toEqual([
    'ID was minted 2 times, by n1 and n2. So were 29 more IDs of the same two calls.',
    'ID was minted 2 times, by n1 and n3.',
  ]);
});

test('of one pair of lives the stories are of different calls: the first, one in the middle, the last', () => {
  const builder = new HistoryBuilder();
  for (const node of ['n1', 'n2'])
    for (let at = 0; at < 9; at++) builder.batch({ node, at, ids: [{ ms: at }, { ms: at, sequence: 1 }] });
  const found = judge(builder);
  expect(found.violations).toBe(18);
  expect(found.witnesses.map(({ at }) => at / 1e6)).toEqual([0, 4, 8]);
});

test('where there is no room for all, every pair of lives has a story before one has its second', () => {
  const builder = new HistoryBuilder(['n1', 'n2', 'n3', 'n4', 'n5']);
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const pairs = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b]));
  for (const [i, pair] of pairs.entries())
    for (let k = 0; k < 5; k++)
      for (const node of pair) builder.batch({ node, at: 10 * i + k, ids: [{ ms: 10 * i + k }] });
  const { witnesses } = judge(builder);
  expect(new Set(witnesses.map(({ sightings }) => sightings.map(({ node }) => node).join())).size).toBe(10);
  expect(witnesses).toHaveLength(WITNESSES_MAX);
});

test('a call that repeats its own IDs is one story', () => {
  const ids = [0, 1, 2, 0, 1, 2].map((sequence) => ({ ms: 5, sequence }));
  const { witnesses } = judge(new HistoryBuilder().batch({ node: 'n1', at: 5, ids }));
  expect(witnesses.map(({ what }) => what.replace(/ID \d+/, 'ID'))).toEqual([
    'ID was minted 2 times, by n1. So were 2 more IDs of the same call.',
  ]);
});

test('IDs that a failed call left count, and the story says that no client got them', () => {
  const left = { node: 'n2', at: 9, flags: BATCH_FLAG.threw, ids: [{ ms: 5 }] };
  const builder = new HistoryBuilder().batch({ node: 'n1', at: 5, ids: [{ ms: 5 }] }).batch(left);
  const onlyLeft = judge(builder);
  expect(onlyLeft).toMatchObject({ verdict: 'fail', violations: 1 });
  expect(onlyLeft.witnesses[0]!.what).toMatch(
    /by n1 and n2\. The call of n2 failed and left IDs behind, which no client got\. So it is with every violation \(1\): no ID reached two clients\.$/,
  );
  // Another ID did reach two clients.
  for (const node of ['n1', 'n3']) builder.batch({ node, at: 20, ids: [{ ms: 20 }] });
  const [first, second] = judge(builder).witnesses;
  expect(first!.what).toMatch(/which no client got\.$/);
  expect(second!.what).toMatch(/by n1 and n3\.$/);
});
