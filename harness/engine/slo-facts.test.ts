import { describe, expect, test } from 'vitest';
import { MARK } from '../core/indicator.ts';
import { mergedSpans, NodeTimes } from './node-times.ts';
import { indicatorFacts } from './slo-facts.ts';
import { at, RunBuilder } from './slo-facts-for-tests.ts';

const marksOf = (run: RunBuilder): number[] => [...indicatorFacts(run.build()).requests!.marks];

describe('reaches', () => {
  test('a request that a disturbance finds open is in its reach, however early it was sent', () => {
    const run = new RunBuilder(['n1', 'n2'])
      .request('n1', 4.5, { takes: 0.4 })
      .request('n1', 4.9, { takes: 1, status: 'no answer' })
      .request('n2', 4.9, { takes: 1 })
      .request('n1', 5.2)
      .request('n1', 14.9)
      .request('n1', 15.1)
      .disturbance(5, 7);
    expect(marksOf(run)).toEqual([0, MARK.reach, 0, MARK.reach, MARK.reach, 0]);
  });

  test('one that was never healed has no end', () => {
    expect(marksOf(new RunBuilder().request('n1', 1).request('n1', 500).disturbance(5, undefined))).toEqual([
      0,
      MARK.reach,
    ]);
  });

  test('a clock that was measured ahead leaves a debt of as much: its reach lasts longer', () => {
    const run = new RunBuilder()
      .request('n1', 16)
      .request('n1', 24)
      .disturbance(5, 7, { disturbs: ['clock'] });
    expect(marksOf(run)).toEqual([0, 0]);
    expect(marksOf(run.said('n1', 6, {}, 5000))).toEqual([MARK.reach, 0]);
  });

  test('whoever inherits the worker ID of a disturbed node is in the same reach', () => {
    const run = new RunBuilder(['n1', 'n2'], 1).request('n2', 8).disturbance(5, 7);
    run.said('n1', 4, { workerId: 0 }).said('n2', 7.5, { workerId: 0 });
    expect(marksOf(run)).toEqual([MARK.reach]);
  });

  test('what disturbs nothing reaches nobody', () => {
    expect(marksOf(new RunBuilder().request('n1', 6).disturbance(5, 7, { name: 'noop', disturbs: [] }))).toEqual([0]);
  });
});

test('how a request ended while the harness stood still accuses nobody', () => {
  const run = new RunBuilder()
    .request('n1', 2)
    .request('n1', 4.5)
    .entry({ at: at(5), kind: 'stall', forMs: 400 });
  expect(marksOf(run)).toEqual([0, MARK.deaf]);
});

describe('nodes that stand by', () => {
  const waiting = (run: RunBuilder, node: string): RunBuilder =>
    run.said(node, 0.5, { status: 'waiting' }).said(node, 1.2, { status: 'waiting' });

  test('are as many as the cluster has beyond its pool, and say so', () => {
    const run = (pool?: number): RunBuilder =>
      new RunBuilder(['n1', 'n2', 'n3'], pool).request('n1', 1).request('n2', 1).request('n3', 1);
    expect(marksOf(waiting(run(2), 'n3'))).toEqual([0, 0, MARK.standby]);
    // Of two that wait one has a worker ID to hold that nobody holds.
    expect(marksOf(waiting(waiting(run(2), 'n3'), 'n2'))).toEqual([0, MARK.standby, 0]);
    expect(marksOf(waiting(run(), 'n3'))).toEqual([0, 0, 0]);
    expect(marksOf(waiting(run(3), 'n3'))).toEqual([0, 0, 0]);
  });

  test('outside every reach come first, and only then those that a disturbance touches', () => {
    const run = (): RunBuilder => new RunBuilder(['n1', 'n2'], 1).request('n1', 1).request('n2', 1);
    const touched = (builder: RunBuilder): RunBuilder => waiting(builder, 'n1').disturbance(0, 5);
    expect(marksOf(touched(run()))).toEqual([MARK.reach | MARK.standby, 0]);
    expect(marksOf(waiting(touched(run()), 'n2'))).toEqual([MARK.reach, MARK.standby]);
  });

  test('are known for as long as their word is fresh', () => {
    const run = new RunBuilder(['n1', 'n2'], 1).said('n2', 1.2, { status: 'waiting' });
    expect(marksOf(run.request('n2', 1.1).request('n2', 2.1).request('n2', 3.1))).toEqual([
      MARK.standby,
      MARK.standby,
      0,
    ]);
  });

  test('one that holds a worker ID and refuses does not stand by', () => {
    const run = new RunBuilder(['n1', 'n2'], 1).request('n2', 1, { status: 'refused' });
    expect(marksOf(run.said('n2', 1, { status: 'refusing', workerId: 0 }))).toEqual([0]);
  });
});

test('spans that meet become one, and moments at their edges lie in them', () => {
  const spans = [
    { from: 10, to: 20 },
    { from: 1, to: 2 },
    { from: 20, to: 30 },
  ];
  expect(mergedSpans(spans)).toEqual([
    { from: 1, to: 2 },
    { from: 10, to: 30 },
  ]);
  const times = new NodeTimes(spans);
  expect([0, 1, 2, 3, 9, 10, 25, 30, 31].filter((moment) => times.touches(moment, moment))).toEqual([1, 2, 10, 25, 30]);
  expect(times.touches(3, 9)).toBe(false);
  expect(times.touches(3, 10)).toBe(true);
  expect(new NodeTimes([]).touches(0, 1e9)).toBe(false);
});
