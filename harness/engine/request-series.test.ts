import { expect, test } from 'vitest';
import { at, RunBuilder } from './slo-facts-for-tests.ts';
import { requestSeries } from './request-series.ts';

const none = { p50Ms: null, p99Ms: null, maxMs: null };
const counts = { sent: 0, ok: 0, refused: 0, errors: 0, noAnswer: 0, dropped: 0 };

test('tells of each second what became of the requests that were due in it', () => {
  const run = new RunBuilder(['n1'])
    .request('n1', 3.2, { takes: 0.004 })
    .request('n1', 3.9, { takes: 0.002 })
    .request('n1', 3.1, { status: 'refused' })
    .request('n1', 5, { status: 'error' })
    .request('n1', 5.5, { status: 'no answer' })
    .request('n1', 5.6, { count: 0 })
    // It tells of the second before it.
    .entry({ at: at(6.1), kind: 'load', node: 'n1', ...counts, refused: {}, errors: {}, ids: 0, dropped: 7 })
    .build();
  expect(requestSeries(run.requests!, run.journal, { latencies: true })).toEqual([
    { at: at(3), ...counts, sent: 3, ok: 2, refused: 1, p50Ms: 2, p99Ms: 4, maxMs: 4 },
    { at: at(4), ...counts, ...none },
    { at: at(5), ...counts, sent: 3, errors: 1, noAnswer: 1, refused: 1, dropped: 7, ...none },
  ]);
});

test('of virtual time there are counts and no latencies', () => {
  const run = new RunBuilder(['n1']).request('n1', 0.5).build();
  expect(requestSeries(run.requests!, [], { latencies: false })).toEqual([
    { at: 0, ...counts, sent: 1, ok: 1, ...none },
  ]);
});

test('of no requests there is nothing to tell', () => {
  expect(requestSeries(new RunBuilder().build().requests!, [], { latencies: true })).toEqual([]);
});

test('a million requests take little time', () => {
  const length = 1_000_000;
  const requests = {
    length,
    node: new Uint16Array(length),
    sent: Float64Array.from({ length }, (_, row) => row * 60_000),
    received: Float64Array.from({ length }, (_, row) => row * 60_000 + (row % 977) * 1e4),
    status: new Uint8Array(length),
    incarnation: new Uint32Array(length),
    lane: new Uint16Array(length),
    firstSeq: new Float64Array(length),
    count: new Uint32Array(length).fill(1),
    first: new BigUint64Array(length),
    last: new BigUint64Array(length),
    digest: new BigUint64Array(length),
  };
  const began = process.cpuUsage();
  const series = requestSeries(requests, [], { latencies: true });
  const used = process.cpuUsage(began);
  expect(series).toHaveLength(60);
  expect(series.reduce((sum, { ok }) => sum + ok, 0)).toBe(length);
  expect((used.user + used.system) / 1e6).toBeLessThan(3);
});
