/** Hazards of cluster life: worker IDs that are given back, and clusters that are born. */
import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import allStarted from './all-started-at-once.ts';
import reused from './reused-at-once-with-clock-behind.ts';

const owner = (ms: number, what: 'acquired' | 'released', node: string): JournalEntry => ({
  at: msToNs(ms),
  kind: 'owner',
  event: {
    at: msToNs(ms),
    what,
    workerId: 0,
    ...(what === 'acquired' && { value: `${node}.1.7` }),
    createRevision: String(ms),
    revision: String(ms),
  },
});

const health = (ms: number, node: string, offsetMs: number): JournalEntry => ({
  at: msToNs(ms),
  kind: 'health',
  node,
  offsetMs,
  health: { status: 'minting', incarnation: 1, wallMs: 0, at: msToNs(ms), minted: [] },
});

const started = (ms: number, member: string): JournalEntry => ({
  at: msToNs(ms),
  kind: 'process',
  member,
  what: 'started',
});

const origin: JournalEntry = {
  at: 0,
  kind: 'origin',
  origin: { monotonicNs: '0', unixMs: 0, errorNs: 0 },
  nodes: ['n1', 'n2'],
  coordinator: '3',
  versions: {},
};

const reuse = (...journal: readonly JournalEntry[]) => reused.reached({ journal, tenures: [] }, {});

test('a worker ID that was given back and taken at once by a node whose clock is behind', () => {
  const journal = [
    owner(1000, 'acquired', 'n1'),
    health(1900, 'n2', -3000),
    owner(2000, 'released', 'n1'),
    owner(2300, 'acquired', 'n2'),
    health(2500, 'n2', -3000),
  ];
  expect(reuse(...journal)).toEqual({
    at: msToNs(2300),
    detail: 'n1 gave worker ID 0 back; n2 took it 300 ms later, with its clock 3.0 s behind.',
  });
});

test('no hand-over: the same node, a clock that is right, or a lease that had to run out', () => {
  const [taken, given] = [owner(1000, 'acquired', 'n1'), owner(2000, 'released', 'n1')];
  expect(reuse(taken, given, owner(2300, 'acquired', 'n1'), health(2500, 'n1', -3000))).toBeUndefined();
  expect(reuse(taken, given, owner(2300, 'acquired', 'n2'), health(2500, 'n2', -10))).toBeUndefined();
  expect(reuse(taken, given, owner(9000, 'acquired', 'n2'), health(9500, 'n2', -3000))).toBeUndefined();
  expect(reuse(taken, given, owner(2300, 'acquired', 'n2'))).toBeUndefined();
});

test('all nodes started together while nobody owned anything', () => {
  const born = [origin, owner(100, 'acquired', 'n1'), owner(900, 'released', 'n1')];
  const reached = (...journal: readonly JournalEntry[]) => allStarted.reached({ journal, tenures: [] }, {});
  expect(reached(...born, started(1000, 'n1'), started(1400, 'n2'))).toEqual({
    at: msToNs(1000),
    detail: '2 nodes started within 400 ms; no worker ID had an owner.',
  });
  expect(reached(...born, started(1000, 'n1'), started(9000, 'n2'))).toBeUndefined();
  expect(reached(...born, started(1000, 'n1'), started(1100, 'etcd1'))).toBeUndefined();
  expect(reached(...born.slice(0, 2), started(1000, 'n1'), started(1400, 'n2'))).toBeUndefined();
});
