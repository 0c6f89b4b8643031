import { expect, test } from 'vitest';
import { BATCH_FLAG } from '../core/tap.ts';
import failsClosed from './fails-closed.ts';
import { HistoryBuilder } from './shared/history-builder.ts';

const judge = (history: HistoryBuilder) => failsClosed.fold(history.build(), { guarantee: 'fails-closed' });

test.each(Object.entries(BATCH_FLAG))('IDs of a call with flag "%s"', (_name, flags) => {
  const found = judge(new HistoryBuilder().batch({ node: 'n1', at: 1, flags, ids: [{ ms: 1 }, { ms: 2 }] }));
  expect(found).toMatchObject({ verdict: 'fail', violations: 1, checked: 2 });
});

test('a call that failed and left nothing is as it should be', () => {
  const history = new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [{ ms: 1 }] });
  expect(judge(history.batch({ node: 'n1', at: 2, flags: BATCH_FLAG.threw, ids: [] }))).toMatchObject({
    verdict: 'pass',
  });
});

test('sentinels: 0 and -1, each position counts', () => {
  const found = judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [0n, { ms: 1 }, 2n ** 64n - 1n, 0n] }));
  expect(found.violations).toBe(3);
  expect(found.witnesses.map(({ sightings }) => sightings[0]!.seq)).toEqual([0, 2]);
});

test('neighbours of sentinels are none', () => {
  expect(judge(new HistoryBuilder().batch({ node: 'n1', at: 1, ids: [1n, 2n ** 64n - 2n, 2n ** 63n] }))).toMatchObject({
    verdict: 'pass',
  });
});
