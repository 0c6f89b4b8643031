import { describe, expect, test } from 'vitest';
import type { Measurement, Span } from '../core/indicator.ts';
import type { JournalEntry } from '../core/journal.ts';
import { indicatorFacts } from '../engine/slo-facts.ts';
import { at, RunBuilder } from '../engine/slo-facts-for-tests.ts';
import { loadIndicators } from '../registry.ts';
import { greatestMean } from './shared/most-likely.ts';

const indicators = await loadIndicators();
const WHOLE: Span = { from: 0, to: at(100) };

function measure(name: string, run: RunBuilder, options: object = {}, span: Span = WHOLE): Measurement {
  const indicator = indicators.get(name)!;
  return indicator.measure(indicatorFacts(run.build()), [span], indicator.options.parse(options));
}

describe('latency', () => {
  const run = (): RunBuilder => {
    const builder = new RunBuilder(['n1']);
    for (let i = 1; i <= 100; i++) builder.request('n1', i / 10, { takes: i / 1000 });
    return builder;
  };

  test('is the nearest rank of what was measured, never a value between two', () => {
    expect(measure('latency', run(), { percentile: 50 })).toEqual({ value: 50, samples: 100 });
    expect(measure('latency', run(), { percentile: 99 })).toEqual({ value: 99, samples: 100 });
    expect(measure('latency', run(), { percentile: 99.9 })).toEqual({ value: 100, samples: 100 });
  });

  test('a node that answers nobody has no good latency: each request waited for its timeout', () => {
    const silent = run().requests('n1', 11, 12, { status: 'no answer', takes: 0.3 });
    // Broken connections end sooner than the timeout of a second: the client got nothing for all that.
    expect(measure('latency', silent, { percentile: 100 })).toEqual({ value: 1000, samples: 110 });
  });

  test('requests that were never sent are as slow as their timeout, for all that is known', () => {
    const unsent = { sent: 0, ok: 0, ids: 0, refused: {}, errors: {}, noAnswer: 0, dropped: 3 };
    const crowded = run().entry({ at: at(5), kind: 'load', node: 'n1', ...unsent });
    expect(measure('latency', crowded, { percentile: 99 })).toMatchObject({ value: 1000, atBest: 99, samples: 100 });
    expect(measure('latency', crowded, { percentile: 50 })).toMatchObject({ value: 52, atBest: 50 });
    const inReach = crowded.disturbance(4, 6);
    expect(measure('latency', inReach, { percentile: 99, nodes: 'outside-reaches' })).not.toHaveProperty('atBest');
  });

  test('quick refusals and empty answers make no latency better', () => {
    const refusing = run()
      .requests('n1', 11, 41, { status: 'refused', takes: 0 })
      .request('n1', 42, { count: 0, takes: 0 });
    expect(measure('latency', refusing, { percentile: 50 })).toEqual({ value: 50, samples: 100 });
  });
});

describe('error-ratio', () => {
  test('counts refusals, errors, silence and answers without IDs', () => {
    const run = new RunBuilder(['n1'])
      .requests('n1', 0, 9.6)
      .request('n1', 10, { status: 'refused' })
      .request('n1', 10.1, { status: 'error' })
      .request('n1', 10.2, { status: 'no answer' })
      .request('n1', 10.3, { count: 0 });
    expect(measure('error-ratio', run)).toMatchObject({
      value: 0.04,
      samples: 100,
      detail: 'Of 100 requests 4 got no IDs.',
    });
  });

  test('with confidence it is what the requests still allow for: three in so many for none', () => {
    const run = new RunBuilder(['n1']).requests('n1', 0, 30);
    expect(measure('error-ratio', run, { confidence: 95 }).value).toBeCloseTo(2.9957 / 300, 6);
    // One-sided bounds of a Poisson mean, as tables have them.
    expect(greatestMean(1, 0.95)).toBeCloseTo(4.7439, 4);
    expect(greatestMean(10, 0.95)).toBeCloseTo(16.9622, 4);
    expect(greatestMean(100, 0.95)).toBeCloseTo(118.079, 3);
    expect(greatestMean(101, 0.95)).toBeGreaterThan(greatestMean(100, 0.95));
    expect(greatestMean(100_000, 0.95)).toBeCloseTo(100_521.5, 0);
  });
});

describe('availability', () => {
  test('a second without requests is no available second: it is not counted', () => {
    const run = new RunBuilder(['n1']).requests('n1', 0, 2).requests('n1', 8, 10, { status: 'refused' });
    expect(measure('availability', run)).toEqual({ value: 0.5, samples: 4 });
  });

  test('a second is available from the asked share of its requests on', () => {
    const run = new RunBuilder(['n1']).requests('n1', 0, 0.6).requests('n1', 0.6, 1, { status: 'error' });
    expect(measure('availability', run)).toEqual({ value: 1, samples: 1 });
    expect(measure('availability', run, { served: 0.7 })).toEqual({ value: 0, samples: 1 });
  });

  test('nodes in a reach do not count, to the end of its grace, unless all are asked for', () => {
    const run = new RunBuilder(['n1', 'n2'])
      .requests('n1', 0, 5)
      .requests('n1', 5, 15, { status: 'refused' })
      .requests('n1', 15, 20)
      .requests('n2', 0, 20)
      .disturbance(5, 6.5, { reach: ['n1'] });
    // Grace ends 8 s after the heal, in the midst of second 14.
    expect(measure('availability', run)).toEqual({ value: 1, samples: 20 + 10 });
    expect(measure('availability', run, { nodes: 'all' })).toEqual({ value: 30 / 40, samples: 40 });
  });

  test('a node that is dark for longer than its reach lasts is unavailable from then on', () => {
    const run = new RunBuilder(['n1']).requests('n1', 0, 20, { status: 'refused' }).disturbance(1, 2);
    expect(measure('availability', run)).toEqual({ value: 0, samples: 1 + 9 });
  });
});

describe('achieved-rate', () => {
  const dropped = (count: number): JournalEntry => ({
    ...{ at: at(1), node: 'n1', sent: 10, dropped: count, ok: 10, ids: 20 },
    ...{ kind: 'load', refused: {}, errors: {}, noAnswer: 0 },
  });

  test('is what clients received of what the load was to ask for', () => {
    const run = new RunBuilder(['n1']).requests('n1', 0, 1).requests('n1', 1, 2, { count: 1 });
    expect(measure('achieved-rate', run)).toEqual({ value: 0.75, samples: 20 });
  });

  test('what the harness never sent is no success, and no failure of a node either', () => {
    const run = new RunBuilder(['n1']).requests('n1', 0, 1).entry(dropped(30));
    expect(measure('achieved-rate', run)).toMatchObject({ value: 0.25, atBest: 1, samples: 10 });
  });
});

describe('time-to-first-id', () => {
  test('lasts until as many nodes as there are worker IDs have served, whichever they are', () => {
    const run = new RunBuilder(['n1', 'n2', 'n3'], 2)
      .requests('n2', 0, 20)
      .requests('n1', 0, 20, { status: 'refused' })
      .requests('n3', 0, 6.5, { status: 'refused' })
      .requests('n3', 6.5, 20, { takes: 0.1 })
      .disturbance(3, 5);
    expect(measure('time-to-first-id', run).value).toBeCloseTo(1.6, 6);
    expect(measure('time-to-first-id', run).samples).toBe(1);
  });

  test('a heal that another disturbance overtakes is no sample, but proves how long it took at the least', () => {
    const run = new RunBuilder(['n1'])
      .requests('n1', 0, 2)
      .requests('n1', 2, 12, { status: 'refused' })
      .requests('n1', 12, 20)
      .disturbance(2, 3)
      .disturbance(10, 11.5);
    expect(measure('time-to-first-id', run)).toMatchObject({ value: 7, samples: 1 });
    expect(measure('time-to-first-id', run, {}, { from: 0, to: at(5) })).toEqual({
      samples: 0,
      detail: 'After 1 heal the service was not whole before the next disturbance.',
    });
  });

  test('what was not over at the end of the load says so', () => {
    const run = new RunBuilder(['n1'])
      .requests('n1', 0, 2)
      .requests('n1', 2, 9, { status: 'refused' })
      .disturbance(2, 4);
    expect(measure('time-to-first-id', run)).toMatchObject({
      value: expect.closeTo(4.902),
      unfinished: true,
      samples: 1,
    });
  });
});

describe('refusal', () => {
  test('adds up the seconds for which worker IDs gave nothing, in reach of a disturbance only', () => {
    const run = new RunBuilder(['n1', 'n2', 'n3'], 2)
      .requests('n1', 0, 20, { status: 'refused' })
      .requests('n2', 0, 5)
      .requests('n2', 5, 7.5, { status: 'no answer', takes: 0.1 })
      .requests('n2', 7.5, 20)
      .requests('n3', 0, 20)
      .disturbance(5, 6, { reach: ['n2'] });
    // n1 stands by: with n2 and n3 both worker IDs are served.
    expect(measure('refusal', run)).toEqual({ value: 2.5, samples: 10 });
    expect(measure('refusal', run, {}, { from: at(0), to: at(6) })).toEqual({ value: 1, samples: 1 });
  });
});

test('drift is the distance from true time, on either side', () => {
  const run = new RunBuilder(['n1', 'n2']).said('n1', 1, {}, 2).said('n1', 2, {}, -7).said('n2', 2, {}, 3000);
  run.disturbance(1.5, 3, { reach: ['n2'], disturbs: ['clock'] });
  expect(measure('drift', run)).toEqual({ value: 7, samples: 2 });
  expect(measure('drift', run, { nodes: 'all' })).toEqual({ value: 3000, samples: 3 });
  expect(measure('drift', run, { nodes: 'all', percentile: 50 })).toEqual({ value: 7, samples: 3 });
  // The clocks of whoever asks in their stead are not theirs.
  const unseen = indicatorFacts(run.build({ clocksUnseen: true }));
  expect(indicators.get('drift')!.measure(unseen, [WHOLE], { percentile: 100, nodes: 'all' })).toEqual({
    samples: 0,
    detail: 'The clocks of nodes that run elsewhere are not seen.',
  });
});

test('sequence utilisation is the fullest tick, or the mean of those in which a worker minted', () => {
  const run = new RunBuilder();
  run.sequence.push({ at: at(1), peak: 2048, ids: 4096, ticks: 8 }, { at: at(2), peak: 100, ids: 4096, ticks: 8 });
  expect(measure('sequence-utilisation', run)).toEqual({ value: 0.5, samples: 16 });
  expect(measure('sequence-utilisation', run, { of: 'mean' })).toEqual({ value: 512 / 4096, samples: 16 });
});

describe('hand-over', () => {
  const tenure = (node: string, from: number, to: number, revision: string) => ({
    ...{ workerId: 0, node, incarnation: 1, lease: revision, createRevision: revision },
    ...{ from: at(from), to: at(to) },
  });
  const run = (givenUpNs?: number): RunBuilder => {
    const builder = new RunBuilder(['n1', 'n2'], 1);
    builder.tenures.push(tenure('n1', 1, 10, '5'), tenure('n2', 17, 20, '8'));
    builder.leases.push({
      ...{ lease: '5', createRevision: '5', node: 'n1', incarnation: 1, lastSentNs: at(10), ttlMs: 5000 },
      ...(givenUpNs !== undefined && { givenUpNs }),
    });
    return builder;
  };

  test('counts from the end of the lease, or from when the heir began to wait', () => {
    expect(measure('hand-over', run().said('n2', 3, { status: 'waiting' }))).toEqual({ value: 2, samples: 1 });
    const late = run().said('n2', 16.5, { status: 'waiting' }).said('n2', 16.8, { createRevision: '8' });
    expect(measure('hand-over', late)).toEqual({ value: 0.5, samples: 1 });
  });

  test('a change of the leader gives the lease its whole TTL anew', () => {
    const elected = run()
      .said('n2', 3, { status: 'waiting' })
      .disturbance(8, 11, { disturbs: ['coordinator'], reach: [] });
    expect(measure('hand-over', elected)).toEqual({ value: 1, samples: 1 });
  });

  test('a worker ID that nobody takes while a node waits leaves open how long it takes', () => {
    const builder = run().said('n2', 3, { status: 'waiting' }).said('n2', 18).said('n3', 99, { status: 'waiting' });
    expect(measure('hand-over', builder)).toEqual({ value: 2, samples: 1 });
    builder.tenures.push({ ...tenure('n1', 1, 30, '6'), workerId: 1, lease: '6', createRevision: '6' });
    const lease = { lease: '6', createRevision: '6', node: 'n1', incarnation: 1, lastSentNs: at(30), ttlMs: 5000 };
    builder.leases.push(lease);
    expect(measure('hand-over', builder)).toEqual({
      ...{ value: 2, unfinished: true, samples: 1 },
      detail: 'Nobody had taken worker ID 1 when the load ended, and a node waited for one.',
    });
    // Until its lease was over nobody could.
    expect(measure('hand-over', builder, {}, { from: 0, to: at(34) })).not.toHaveProperty('unfinished');
    const gone = builder.said('n3', 99.5);
    expect(measure('hand-over', gone)).not.toHaveProperty('unfinished');
  });

  test('a worker ID that was given up has no lease to wait for', () => {
    expect(measure('hand-over', run(at(9)).said('n2', 3, { status: 'waiting' }))).toEqual({ samples: 0 });
  });
});

describe('overflow-waits', () => {
  const said = (run: RunBuilder, second: number, waits: string, incarnation = 1): RunBuilder =>
    run.said('n1', second, { overflowWaits: waits, incarnation });

  test('are what nodes counted from one answer of a life to its next, a second', () => {
    const run = said(said(said(new RunBuilder(), 1, '100'), 2, '130'), 4, '160');
    expect(measure('overflow-waits', run)).toEqual({ value: 20, samples: 2 });
    // A new life counts from nothing.
    expect(measure('overflow-waits', said(said(run, 6, '5', 2), 7, '5', 2))).toEqual({ value: 15, samples: 3 });
  });

  test('are not known of nodes that do not count', () => {
    expect(measure('overflow-waits', new RunBuilder().said('n1', 1).said('n1', 2))).toEqual({ samples: 0 });
  });
});

test('each indicator says which way is better: of what nodes give, more; of what goes wrong or takes time, less', () => {
  const better = (way: 'less' | 'more'): readonly string[] =>
    [...indicators.values()].filter((indicator) => indicator.better === way).map(({ name }) => name);
  expect(better('more')).toEqual(['achieved-rate', 'availability']);
  expect(better('less')).toEqual([
    'collector-lag',
    'drift',
    'error-ratio',
    'hand-over',
    'harness-share',
    'latency',
    'live-lag',
    'overflow-waits',
    'refusal',
    'sequence-utilisation',
    'time-to-first-id',
    'worker-id-conflicts',
  ]);
});
