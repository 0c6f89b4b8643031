import { expect, test } from 'vitest';
import { HistoryBuilder, LAYOUT } from '../checkers/shared/history-builder.ts';
import { idsPerTick, sequenceUseOf } from './sequence-use.ts';
import { NS_PER_S } from './time.ts';

test('counts the IDs of each worker in each tick, by the time in them', () => {
  const ids = (ms: number, count: number) => Array.from({ length: count }, (_, sequence) => ({ ms, sequence }));
  const history = new HistoryBuilder()
    .batch({ node: 'n1', worker: 1, at: 10, ids: [...ids(10, 3), ...ids(11, 1)] })
    // Another batch of the same worker and tick, and another worker in it.
    .batch({ node: 'n1', worker: 1, at: 11, ids: ids(11, 4) })
    .batch({ node: 'n2', worker: 2, at: 11, ids: ids(11, 2) })
    // By the time in it, a second later than the call.
    .batch({ node: 'n2', worker: 2, at: 12, ids: ids(1700, 1) })
    // Before the run began.
    .batch({ node: 'n2', worker: 2, at: 13, ids: ids(-5, 9) })
    .build();
  expect(sequenceUseOf(history)).toEqual([
    { at: 0, peak: 5, ids: 10, ticks: 3 },
    { at: NS_PER_S, peak: 1, ids: 1, ticks: 1 },
  ]);
});

test('where IDs carry no worker ID, a node takes its place', () => {
  const layout = { ...LAYOUT, workerBits: 0 };
  const history = new HistoryBuilder(['n1', 'n2'], layout)
    .batch({ node: 'n1', at: 10, ids: [{ ms: 10 }] })
    .batch({ node: 'n2', at: 10, ids: [{ ms: 10 }] })
    .build();
  expect(sequenceUseOf(history)).toEqual([{ at: 0, peak: 1, ids: 2, ticks: 2 }]);
});

test('a layout without a sequence has no room', () => {
  expect(idsPerTick(LAYOUT)).toBe(4096);
  expect(idsPerTick({ ...LAYOUT, sequenceBits: 0 })).toBe(0);
});
