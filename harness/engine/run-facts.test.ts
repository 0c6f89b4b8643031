import { expect, test } from 'vitest';
import { failingCached } from '../../reports/fixtures/cached.ts';
import type { NodeHealth } from '../core/cluster.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { OffsetFact } from '../core/run-facts.ts';
import { EngineLost } from '../core/store.ts';
import { msToNs } from '../core/time.ts';
import { factsOf, putFacts } from './run-facts.ts';

const run = failingCached();
const origin: JournalEntry = {
  at: 0,
  kind: 'origin',
  origin: { monotonicNs: '5', unixMs: 1_790_000_000_000.123, errorNs: 0 },
  nodes: run.nodes,
  coordinator: 'etcd',
  versions: {},
};
const HEALTH: NodeHealth = { status: 'minting', incarnation: 1, wallMs: 0, at: 0, minted: [] };
const health = (ms: number, offsetMs: number, node = 'n1'): JournalEntry => ({
  at: msToNs(ms),
  kind: 'health',
  node,
  health: HEALTH,
  offsetMs,
});
const clock = (fromMs: number, toMs: number, offsetMs: number, rate = 1, took = true): JournalEntry => ({
  at: msToNs(toMs),
  kind: 'clock',
  node: 'n1',
  offsetMs,
  rate,
  from: msToNs(fromMs),
  took,
});
const offsetsIn = (...journal: readonly JournalEntry[]): readonly OffsetFact[] =>
  factsOf(run, [origin, ...journal]).offsets;

test('a run is put on the axis of true time, to the microsecond', () => {
  const { run: fact } = factsOf(run, [origin, health(2500, 0)]);
  expect(fact).toMatchObject({ originUnixNs: 1_790_000_000_000_123_000n, last: msToNs(2500), nodes: run.nodes });
});

test('every reading of a clock is a row, that of a silent node too, and says what was asked for', () => {
  const silent: JournalEntry = { at: msToNs(40), kind: 'no health', node: 'n2' };
  expect(offsetsIn(health(10, 0.25), silent)).toEqual([
    { node: 0, at: msToNs(10), requestedMs: 0, observedMs: 0.25 },
    { node: 1, at: msToNs(40), requestedMs: 0 },
  ]);
});

test('a requested offset holds from when its order was carried out until the next one; in between it is not known', () => {
  const journal = [
    clock(100, 120, -500),
    clock(1000, 1010, 0),
    ...[50, 110, 130, 999, 1005, 1011].map((ms) => health(ms, 0)),
  ];
  expect(offsetsIn(...journal).map(({ requestedMs }) => requestedMs)).toEqual([0, undefined, -500, -500, undefined, 0]);
});

test('the request of a clock that drifts grows with time, and that of an order that failed is not known', () => {
  expect(offsetsIn(clock(1000, 1000, 10, 1.5), health(3000, 1010))[0]?.requestedMs).toBe(1010);
  expect(offsetsIn(clock(1000, 1000, 10, 1, false), health(3000, 0))[0]?.requestedMs).toBeUndefined();
});

test('each witness is a row with its cause, the lives that took part and the IDs as text', () => {
  const { witnesses } = factsOf(run, [origin]);
  expect(witnesses).toHaveLength(run.findings.reduce((sum, finding) => sum + finding.witnesses.length, 0));
  const duplicate = witnesses.find(({ guarantee }) => guarantee === 'unique');
  expect(duplicate).toMatchObject({ promised: true, cause: expect.any(String) as unknown });
  expect(duplicate?.lives.length).toBeGreaterThan(1);
  for (const id of duplicate?.ids ?? []) expect(id).toMatch(/^\d+$/);
});

test('a store that takes no facts costs a note and no verdict; a defect is thrown', async () => {
  const refusing = (error: Error) => ({
    putFacts: async () => {
      throw error;
    },
  });
  expect(await putFacts(refusing(new EngineLost('the disk is full')), run, [origin])).toContain('the disk is full');
  await expect(putFacts(refusing(new TypeError('defect')), run, [origin])).rejects.toThrow('defect');
});
