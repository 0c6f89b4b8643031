import { expect, test } from 'vitest';
import { HELD_TWO } from '../core/held.ts';
import { encodeId, OPAQUE_128, OPAQUE_64 } from '../core/layout.ts';
import type { Layout } from '../core/layout.ts';
import { HistoryBuilder, LAYOUT } from './shared/history-builder.ts';
import wellFormed from './well-formed.ts';

const judge = (ids: readonly bigint[], worker = 5, layout: Layout = LAYOUT) =>
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

test('a worker ID that does not fit its field', () => {
  expect(judge([id(9, 1)], 1025)).toMatchObject({ violations: 1 });
});

test('a layout that leaves bits unused: a time over its range is told without the sign bit', () => {
  const narrow = { ...LAYOUT, timeBits: 39 };
  expect(judge([id(2 ** 39 - 1, 5, 0, LAYOUT)], 5, narrow)).toMatchObject({ verdict: 'pass' });
  expect(judge([id(2 ** 39, 5, 0, LAYOUT)], 5, narrow)).toMatchObject({ verdict: 'fail' });
});

test('a layout of all 64 bits uses the sign bit', () => {
  const wide = { ...LAYOUT, timeBits: 42 };
  expect(judge([id(9) + 2n ** 63n], 5, wide)).toMatchObject({ verdict: 'pass', checked: 1 });
});

test('bits above the fields of a layout without a time are none that it may set', () => {
  const counter = { ...LAYOUT, timeBits: 0, workerBits: 0, sequenceBits: 40 };
  expect(judge([2n ** 40n - 1n], 5, counter)).toMatchObject({ verdict: 'pass' });
  const found = judge([2n ** 40n, 2n ** 63n], 5, counter);
  expect(found).toMatchObject({ violations: 2 });
  expect(found.witnesses.map(({ what }) => what)).toEqual([
    `ID ${2n ** 40n} of n1 has bits set above its fields.`,
    `ID ${2n ** 63n} of n1 has its sign bit set.`,
  ]);
});

test.each([OPAQUE_64, OPAQUE_128])('of IDs of unknown layout nothing is looked at: $idBits', (layout) => {
  expect(judge([0n, 2n ** 64n - 1n, 5n], -1, layout)).toMatchObject({ verdict: 'unknown', checked: 0, violations: 0 });
});

test('where nodes do not say what they hold, the worker ID is undecided and all else is judged', () => {
  const untold = (ids: readonly bigint[], worker: number) =>
    wellFormed.fold(
      { ...new HistoryBuilder(['n1']).batch({ node: 'n1', at: 1, worker, ids }).build(), untoldHolders: true },
      { guarantee: 'well-formed' },
    );
  expect(untold([id(9, 6), id(10, 7)], -1)).toMatchObject({ verdict: 'pass', checked: 2, undecided: 2 });
  expect(untold([id(9) + 2n ** 63n], -1)).toMatchObject({ verdict: 'fail', violations: 1 });
  expect(untold([id(9, 6)], 5)).toMatchObject({ verdict: 'fail', undecided: 0 });
});

test('says what is wrong', () => {
  expect(judge([id(9, 6)]).witnesses[0]!.what).toContain('carries worker ID 6, and its node held 5');
});
