import { expect, test } from 'vitest';
import type { NodeHealth } from '../core/cluster.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Signal } from '../core/scenario.ts';
import { signalIn, signalWords } from './signals.ts';

const health = (minted: string, more: Partial<NodeHealth> = {}): NodeHealth => ({
  status: 'minting',
  incarnation: 1,
  wallMs: 0,
  at: 0,
  minted: [minted],
  ...more,
});
const said = (at: number, minted: string, incarnation = 1, node = 'n1'): JournalEntry => ({
  at,
  kind: 'health',
  node,
  health: health(minted, { incarnation }),
  offsetMs: 0,
});
const took = (at: number, workerId: number, node: string): JournalEntry => ({
  at,
  kind: 'owner',
  event: {
    at,
    what: 'acquired',
    workerId,
    value: `${node}.1.77`,
    lease: '77',
    createRevision: `${at}`,
    revision: `${at}`,
  },
});
const seen = (signal: Signal, journal: readonly JournalEntry[], latest?: NodeHealth): string | undefined =>
  signalIn(signal, { journal, slot: { name: 'slot', start: 100 }, latest: () => latest });

test('what is waited for, in words', () => {
  const signals: readonly Signal[] = [
    { signal: 'lease-spent', node: 'n1', percent: 80 },
    { signal: 'minted', node: 'n1', ids: 5000 },
    { signal: 'healed', disturbance: 'cut' },
    { signal: 'worker-id-changed-hands' },
    { signal: 'worker-id-changed-hands', workerId: 2 },
  ];
  expect(signals.map(signalWords)).toEqual([
    '80 % of the lease of n1 to be spent',
    'n1 to mint 5,000 IDs since the slot began',
    'the heal of cut',
    'a worker ID to change hands',
    'worker ID 2 to change hands',
  ]);
});

test('lease-spent: from the asked share on', () => {
  const signal: Signal = { signal: 'lease-spent', node: 'n1', percent: 80 };
  expect(seen(signal, [], health('0', { leaseSpent: 0.79 }))).toBeUndefined();
  expect(seen(signal, [], health('0', { leaseSpent: 0.8 }))).toBe('80 % of the lease of n1 was spent.');
  expect(seen(signal, [], undefined)).toBeUndefined();
});

test('minted: since the slot began, over all lives, and not by another node', () => {
  const signal: Signal = { signal: 'minted', node: 'n1', ids: 100 };
  const before = [said(50, '900'), said(60, '1000')];
  expect(seen(signal, [...before, said(110, '1099')])).toBeUndefined();
  expect(seen(signal, [...before, said(110, '1100')])).toBe('n1 had minted 100 IDs since the slot began.');
  expect(seen(signal, [...before, said(110, '1060'), said(120, '40', 2)])).toBeDefined();
  expect(seen(signal, [...before, said(110, '5000', 1, 'n2')])).toBeUndefined();
});

test('minted: more IDs than a number counts exactly', () => {
  const start = 2n ** 60n;
  const journal = [said(50, String(start)), said(110, String(start + 9n))];
  expect(seen({ signal: 'minted', node: 'n1', ids: 10 }, journal)).toBeUndefined();
  expect(seen({ signal: 'minted', node: 'n1', ids: 9 }, journal)).toBeDefined();
});

test('worker-id-changed-hands: from one node to another, since the slot began', () => {
  const any: Signal = { signal: 'worker-id-changed-hands' };
  expect(seen(any, [took(10, 0, 'n1'), took(20, 0, 'n2')])).toBeUndefined();
  expect(seen(any, [took(10, 0, 'n1'), took(120, 0, 'n1'), took(130, 1, 'n2')])).toBeUndefined();
  expect(seen(any, [took(10, 0, 'n1'), took(120, 0, 'n2')])).toBe('Worker ID 0 went from n1 to n2.');
  expect(seen({ ...any, workerId: 1 }, [took(10, 0, 'n1'), took(120, 0, 'n2')])).toBeUndefined();
});

test('healed: that very disturbance of this slot, and only once it is', () => {
  const signal: Signal = { signal: 'healed', disturbance: 'cut' };
  const asked = (at: number, slot: string, key: string): JournalEntry => ({
    at,
    kind: 'disturbance',
    what: 'asked',
    key,
    name: 'cut',
    slot,
    fault: 'cut-pair',
    disturbs: ['link'],
    options: {},
    reach: [],
    plannedMs: 10,
  });
  const healed = (at: number, key: string): JournalEntry => ({ at, kind: 'disturbance', what: 'healed', key });
  expect(seen(signal, [asked(10, 'slot', 'a'), healed(20, 'a'), asked(110, 'slot', 'b')])).toBeUndefined();
  expect(seen(signal, [asked(110, 'elsewhere', 'a'), healed(120, 'a')])).toBeUndefined();
  expect(seen(signal, [asked(110, 'slot', 'b'), healed(120, 'b')])).toBe('cut was healed.');
});
