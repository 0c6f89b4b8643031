import { describe, expect, test } from 'vitest';
import type { SloInput } from '../core/slo.ts';
import { sloSchema } from '../core/slo.ts';
import { loadIndicators } from '../registry.ts';
import { figuresOf } from './figures.ts';
import { judgeSlos, metSlos, missedSlos } from './judge-slos.ts';
import type { FactsInput } from './slo-facts.ts';
import { indicatorFacts } from './slo-facts.ts';
import { at, RunBuilder } from './slo-facts-for-tests.ts';

const indicators = await loadIndicators();

function judged(slos: readonly SloInput[], run: RunBuilder, more: Partial<FactsInput> = {}) {
  const input = run.build(more);
  const { disturbances, virtualTime } = input;
  const parsed = slos.map((slo) => sloSchema.parse(slo));
  return judgeSlos({ slos: parsed, indicators, facts: indicatorFacts(input), disturbances, virtualTime });
}

/** A second in five is dark. */
const dim = (): RunBuilder =>
  new RunBuilder(['n1']).phases(0, 5, 8, 10).requests('n1', 0, 8).requests('n1', 8, 10, { status: 'refused' });
const availability = (more: Partial<SloInput> = {}): SloInput => ({
  ...{ indicator: 'availability', objective: { atLeast: 0.8 }, minSamples: 10 },
  ...more,
});

describe('a value against its objective', () => {
  test('is met up to the bound itself', () => {
    const { records, unknowns } = judged([availability()], dim());
    expect(records).toMatchObject([{ name: 'availability', verdict: 'pass', value: 0.8, samples: 10, minSamples: 10 }]);
    expect(unknowns).toEqual([]);
    expect(metSlos(records)).toEqual(['1 SLO met.']);
    expect(missedSlos(records)).toEqual([]);
  });

  test('is missed beyond it, with value, bound and samples in words', () => {
    const { records } = judged([availability({ name: 'up', objective: { atLeast: 0.9 } })], dim());
    expect(records).toMatchObject([{ name: 'up', verdict: 'fail' }]);
    expect(missedSlos(records)).toEqual([
      'The SLO up is missed: 80 %, and at least 90 % was asked (seconds in which a node gave IDs to 50 % of its requests or more, nodes outside every reach; the whole run under load; 10 samples).',
    ]);
  });

  test('with too few samples is unknown, however good it is, and so is nothing', () => {
    const { records, unknowns } = judged([availability({ minSamples: 11 })], dim());
    expect(records).toMatchObject([{ verdict: 'unknown', value: 0.8 }]);
    expect(unknowns).toEqual([
      {
        reason: 'too few samples',
        scope: 'SLO availability',
        detail:
          'The SLO availability could not be judged. There were 10 samples, and 11 are the least that it can be judged by.',
      },
    ]);
    const silent = judged([availability({ minSamples: 1 })], new RunBuilder().phases(0, 5, 8, 10));
    expect(silent.records).toMatchObject([{ verdict: 'unknown', samples: 0 }]);
    expect(silent.records[0]).not.toHaveProperty('value');
  });

  test('that only unsent requests would spoil is not known', () => {
    const unsent = { sent: 0, ok: 0, ids: 0, refused: {}, errors: {}, noAnswer: 0, dropped: 20 };
    const run = dim().entry({ at: at(5), kind: 'load', node: 'n1', ...unsent });
    const rate = (atLeast: number): SloInput => ({ indicator: 'achieved-rate', objective: { atLeast }, minSamples: 1 });
    expect(judged([rate(0.6)], run).records).toMatchObject([{ verdict: 'pass' }]);
    expect(judged([rate(0.75)], run).records).toMatchObject([
      { verdict: 'unknown', detail: expect.stringContaining('66.67 % with that, 80 % without') as unknown },
    ]);
    expect(judged([rate(0.9)], run).records).toMatchObject([{ verdict: 'fail' }]);
  });

  test('that the end of the load cut off proves a miss, and no pass', () => {
    const run = new RunBuilder(['n1']).phases(0, 1, 4, 10).requests('n1', 0, 2);
    run.requests('n1', 2, 10, { status: 'refused' }).disturbance(2, 4);
    const back = (atMost: number): SloInput => ({
      indicator: 'time-to-first-id',
      objective: { atMost },
      minSamples: 1,
    });
    expect(judged([back(3)], run).records).toMatchObject([{ verdict: 'fail' }]);
    expect(judged([back(20)], run).records).toMatchObject([{ verdict: 'unknown' }]);
  });
});

describe('the part of the run that counts', () => {
  test('is a phase, or the time of a disturbance by its name', () => {
    const run = dim().disturbance(5, 7, { name: 'other', reach: [] });
    const part = (during: SloInput['during']): unknown =>
      judged([availability({ minSamples: 1, ...(during !== undefined && { during }) })], run).records.map(
        ({ value, samples, where }) => [value, samples, where],
      );
    expect(part('warm-up')).toEqual([[1, 5, 'the warm-up']]);
    expect(part('recover')).toEqual([[0, 2, 'after the last heal']]);
    expect(part({ disturbance: 'other' })).toEqual([[1, 2, 'while other was in force']]);
  });

  test('that never came to its end is unknown, whatever was measured of it', () => {
    const cut = new RunBuilder(['n1']).phase('warm-up', 0).phase('disturb', 5).requests('n1', 0, 9);
    expect(judged([availability({ minSamples: 1 })], cut).records).toMatchObject([
      { verdict: 'unknown', samples: 0, detail: 'The run did not come to the end of it: the whole run under load.' },
    ]);
    expect(judged([availability({ minSamples: 1, during: 'warm-up' })], cut).records).toMatchObject([
      { verdict: 'pass' },
    ]);
  });

  test('that waits for a disturbance is unknown where one of that name never began, or never ended', () => {
    const during = { disturbance: 'kill' };
    const unhealed = dim().disturbance(1, 2).disturbance(5, undefined);
    expect(judged([availability({ during, minSamples: 1 })], unhealed).records).toMatchObject([
      { verdict: 'unknown', detail: 'Of 2 disturbances of the name kill, 1 began and ended.' },
    ]);
  });

  test('that a disturbance never was in force in earns no pass, and a miss stays one', () => {
    const during = { disturbance: 'other' };
    const slos: readonly SloInput[] = [
      availability({ during, minSamples: 1 }),
      { indicator: 'drift', during, objective: { atMost: 1 }, minSamples: 1 },
    ];
    const run = (took: boolean): RunBuilder => {
      const disturbed = dim().disturbance(5, 5.8, { name: 'other', reach: [] }).said('n1', 5.2, {}, 3);
      const sample = { at: at(5.4), took, measured: {} };
      return disturbed.entry({ at: at(5.4), kind: 'disturbance', what: 'sample', key: 'slot/0-other', sample });
    };
    const verdicts = (took: boolean): unknown => judged(slos, run(took)).records.map(({ verdict }) => verdict);
    expect(verdicts(true)).toEqual(['pass', 'fail']);
    expect(verdicts(false)).toEqual(['unknown', 'fail']);
    expect(judged(slos, run(false)).records[0]?.detail).toContain('did not bite: it was never measured in force');
  });

  test('requests that were lost with a killed harness are no success', () => {
    expect(judged([availability({ minSamples: 1 })], dim(), { requests: undefined }).records).toMatchObject([
      { verdict: 'unknown', detail: expect.stringContaining('were lost with the harness') as unknown },
    ]);
  });
});

describe('what has no meaning in a run is left out, in words', () => {
  test('in virtual time: whatever costs a real one', () => {
    const latency: SloInput = {
      indicator: 'latency',
      options: { percentile: 99 },
      objective: { atMost: 1 },
      minSamples: 1,
    };
    const { records, unknowns, leftOut } = judged([latency, availability()], dim(), { virtualTime: true });
    expect(records.map(({ name }) => name)).toEqual(['availability']);
    expect(unknowns).toEqual([]);
    expect(leftOut).toEqual(['1 SLO (latency) is not judged in this run: its time and its load are not real.']);
  });

  test('without disturbances: whatever follows one', () => {
    const { records, leftOut } = judged(
      [
        { indicator: 'time-to-first-id', objective: { atMost: 1 }, minSamples: 1 },
        availability({ name: 'then', during: { disturbance: 'kill' } }),
      ],
      dim(),
    );
    expect(records).toEqual([]);
    expect(leftOut).toEqual([
      '2 SLOs (time-to-first-id, then) are not judged in this run: nothing was to be disturbed.',
    ]);
  });
});

describe('figures', () => {
  const figures = (virtualTime: boolean) => {
    const run = dim().disturbance(5, 7).said('n1', 1, {}, -4);
    const from = run.build({ virtualTime });
    return figuresOf({ indicators, facts: indicatorFacts(from), from });
  };

  test('are latencies of the whole, of each phase and each disturbance, drift, refusal and recovery', () => {
    const told = figures(false).map(({ name, where }) => `${name}: ${where}`);
    expect(told.filter((one) => one.startsWith('latency-p99.9'))).toEqual([
      'latency-p99.9: the whole run under load',
      'latency-p99.9: the warm-up',
      'latency-p99.9: the time of the disturbances',
      'latency-p99.9: while slot: kill was in force',
    ]);
    expect(told.filter((one) => !one.startsWith('latency'))).toEqual([
      'drift: the whole run under load',
      'refusal: the whole run under load',
      'time-to-first-id: the whole run under load',
      'refusal: in the reach of slot: kill',
      'time-to-first-id: after slot: kill',
    ]);
    expect(figures(false).find(({ name }) => name === 'refusal')).toMatchObject({ value: 2, samples: 5, unit: 's' });
  });

  test('of virtual time have no latency', () => {
    expect(figures(true).filter(({ indicator }) => indicator === 'latency')).toEqual([]);
    expect(figures(true)).toHaveLength(5);
  });
});
