import { expect, test } from 'vitest';
import type { RequestColumns } from '../core/history.ts';
import { REQUEST_STATUS } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Load } from '../core/scenario.ts';
import { msToNs } from '../core/time.ts';
import { loadRecord, meanIdsPerSecond } from './load-record.ts';

const begun: JournalEntry = { at: 5, kind: 'load client', client: 'k6', version: 'k6 1.8.1', sample: 'some' };
const second = (ms: number): JournalEntry => ({
  at: msToNs(ms),
  kind: 'load',
  node: 'n1',
  sent: 1,
  dropped: 0,
  ok: 1,
  ids: 1,
  refused: {},
  errors: {},
  noAnswer: 0,
});

/** 100 answers that took 1 to 100 ms, of which every second was compared; a refusal; an answer without IDs. */
function requests(): RequestColumns {
  const length = 102;
  const column = (of: (i: number) => number) => Array.from({ length }, (_, i) => of(i));
  return {
    length,
    node: new Uint16Array(length),
    sent: new Float64Array(length),
    received: Float64Array.from(column((i) => msToNs(i + 1))),
    status: Uint8Array.from(column((i) => (i === 100 ? REQUEST_STATUS.indexOf('refused') : 0))),
    incarnation: new Uint32Array(length).fill(1),
    lane: new Uint16Array(length),
    firstSeq: new Float64Array(length),
    count: Uint32Array.from(column((i) => (i < 100 ? 3 : 0))),
    first: new BigUint64Array(length),
    last: new BigUint64Array(length),
    digest: BigUint64Array.from(column((i) => i % 2).map(BigInt)),
  };
}

test('the record tells who asked, how much was compared, and how long answers took', () => {
  expect(loadRecord([begun], requests(), false)).toEqual({
    client: 'k6',
    version: 'k6 1.8.1',
    sample: 'some',
    compared: 50,
    answered: 100,
    // By nearest rank, as every other percentile of the run.
    p50Ms: 50,
    p99Ms: 99,
  });
  expect(loadRecord([begun], requests(), true)).not.toHaveProperty('p50Ms');
});

test('of a load that never began, and of answers that are lost, nothing is told', () => {
  expect(loadRecord([], requests(), false)).toBeUndefined();
  expect(loadRecord([begun], undefined, false)).toBeUndefined();
});

test('what each node was asked for is the mean over the time of the load', () => {
  const load = { idsPerSecond: 100, ramp: [{ atMs: 1000, idsPerSecond: 300 }] } as unknown as Load;
  const journal: JournalEntry[] = [{ at: 0, kind: 'phase', phase: 'warm-up' }, second(1000), second(2000)];
  // 1 s from 100 to 300, and 1 s of 300.
  expect(meanIdsPerSecond(100, load, journal)).toBeCloseTo(250);
  expect(meanIdsPerSecond(7, { ...load, ramp: undefined } as unknown as Load, journal)).toBe(7);
  expect(meanIdsPerSecond(7, load, [])).toBe(7);
});
