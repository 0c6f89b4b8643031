import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import type { Run } from '../core/run.ts';
import { NS_PER_S } from '../core/time.ts';
import { refusalOf } from './refusal.ts';

/** One second of one node; `ok` of ten requests were answered, the others refused. */
const second = (at: number, node: string, ok: number): JournalEntry => ({
  at: at * NS_PER_S,
  kind: 'load',
  node,
  sent: 10,
  dropped: 0,
  ok,
  ids: ok,
  refused: ok < 10 ? { waiting: 10 - ok } : {},
  errors: {},
  noAnswer: 0,
});

const seconds = (at: number, ...ok: readonly number[]): readonly JournalEntry[] =>
  ok.map((answered, index) => second(at, `n${index + 1}`, answered));

/** n1 and n2 are in the reach of a disturbance from 10 s to 12 s, and for 8 s after it. */
function run(pool?: number): Run {
  const disturbances = [{ reach: ['n1', 'n2'], injected: 10 * NS_PER_S, healed: 12 * NS_PER_S }];
  return { disturbances, nodes: ['n1', 'n2', 'n3'], scenario: { pool } } as unknown as Run;
}

test('a worker ID under which nobody minted in reach is dark for that second, and one that stands by is not missed', () => {
  expect(refusalOf(run(2), seconds(11, 0, 10, 10))).toEqual({ seconds: 0, requests: 10 });
  expect(refusalOf(run(2), seconds(11, 0, 0, 10))).toEqual({ seconds: 1, requests: 20 });
  expect(refusalOf(run(3), seconds(11, 0, 0, 10))).toEqual({ seconds: 2, requests: 20 });
});

test('a part of a second counts for that part, and without a pool each node has to serve', () => {
  expect(refusalOf(run(), seconds(11, 4, 10, 10)).seconds).toBeCloseTo(0.6);
});

test('what is refused outside all reaches is no price of a disturbance', () => {
  expect(refusalOf(run(3), [...seconds(9, 0, 0, 0), ...seconds(21, 0, 0, 0)])).toEqual({ seconds: 0, requests: 0 });
  expect(refusalOf(run(3), seconds(11, 10, 10, 0)).requests).toBe(0);
  // Until 8 s after the heal.
  expect(refusalOf(run(3), seconds(19, 0, 10, 10))).toEqual({ seconds: 1, requests: 10 });
});

test('two holders of one worker ID do not make up for a dark one twice', () => {
  expect(refusalOf(run(2), seconds(11, 10, 10, 10)).seconds).toBe(0);
});
