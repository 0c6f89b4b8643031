import { expect, test } from 'vitest';
import { HELD_TWO, HELD_UNTOLD } from '../core/held.ts';
import { encodeId } from '../core/layout.ts';
import { HistoryBuilder, LAYOUT } from './shared/history-builder.ts';
import wellFormed from './well-formed.ts';

const judge = (ids: readonly bigint[], worker = 5, layout = LAYOUT) =>
  wellFormed.fold(new HistoryBuilder(['n1'], layout).batch({ node: 'n1', at: 1, worker, ids }).build(), {
    guarantee: 'well-formed',
  });
const id = (tick: number, workerId = 5, sequence = 0, layout = LAYOUT) =>
  encodeId(layout, { tick, workerId, sequence });

test.each([
  ['greatest fields', id(2 ** 41 - 1, 5, 4095), 'pass'],
  ['the epoch itself', id(0), 'pass'],
  ['another worker ID', id(9, 6), 'fail'],
  ['the sign bit', id(9) + 2n ** 63n, 'fail'],
  ['all bits', 2n ** 64n - 1n, 'fail'],
] as const)('%s', (_what, minted, verdict) => {
  expect(judge([minted])).toMatchObject({ verdict, checked: 1 });
});

test('a node that held no worker ID mints none that is well-formed', () => {
  expect(judge([id(9, 0), id(9, 1023)], -1)).toMatchObject({ violations: 2 });
});

test('of a node that held two in the call, which of them the IDs must carry is undecided', () => {
  expect(judge([id(9, 6)], HELD_TWO)).toMatchObject({ verdict: 'pass', checked: 1, undecided: 1 });
  expect(judge([id(9) + 2n ** 63n], HELD_TWO)).toMatchObject({ verdict: 'fail', undecided: 1 });
});

test('of a node that is not told its worker ID, all but that is judged', () => {
  expect(judge([id(9, 6), id(9, 7)], HELD_UNTOLD)).toMatchObject({ verdict: 'pass', checked: 2, undecided: 2 });
  expect(judge([2n ** 63n], HELD_UNTOLD)).toMatchObject({ verdict: 'fail' });
});

test('a worker ID that does not fit its field', () => {
  expect(judge([id(9, 1)], 1025)).toMatchObject({ violations: 1 });
});

test('a layout that leaves bits unused: a time over its range is told without the sign bit', () => {
  const narrow = { ...LAYOUT, timeBits: 39 };
  expect(judge([id(2 ** 39 - 1, 5, 0, LAYOUT)], 5, narrow)).toMatchObject({ verdict: 'pass' });
  expect(judge([id(2 ** 39, 5, 0, LAYOUT)], 5, narrow)).toMatchObject({ verdict: 'fail' });
});

test('says what is wrong', () => {
  expect(judge([id(9, 6)]).witnesses[0]!.what).toContain('carries worker ID 6, and its node held 5');
});
