/** Laws that every indicator keeps, on random runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Indicator, IndicatorFacts, Measurement, Span } from '../core/indicator.ts';
import { createRng } from '../core/random.ts';
import { UNITS } from '../core/slo.ts';
import { indicatorFacts } from '../engine/slo-facts.ts';
import { at, RunBuilder } from '../engine/slo-facts-for-tests.ts';
import { loadIndicators } from '../registry.ts';

const indicators = await loadIndicators();
const LENGTH_S = 40;
const RUNS = { numRuns: 60 };

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
/** Moments of a run and a little around it, in tenths of a second: they meet the edges of seconds now and then. */
const moment = fc.integer({ min: -20, max: 10 * LENGTH_S + 20 }).map((tenths) => at(tenths / 10));
const three = fc.tuple(moment, moment, moment).map((moments) => moments.toSorted((a, b) => a - b));

const WHOLE: readonly Span[] = [{ from: at(-100), to: at(10 * LENGTH_S) }];

/** A run in which anything happened: answers of all kinds, standbys, reaches that overlap, stalls, lost leases. */
function randomRun(seed: number): IndicatorFacts {
  const rng = createRng(seed);
  const nodes = ['n1', 'n2', 'n3'];
  const run = new RunBuilder(nodes, rng.pick([undefined, 2, 3])).phases(2, 10, 25, LENGTH_S);
  for (let n = rng.int(0, 300); n > 0; n--)
    run.request(rng.pick(nodes), rng.real(0, LENGTH_S), {
      takes: rng.real(0, 2),
      status: rng.pick(['ok', 'ok', 'ok', 'refused', 'error', 'no answer']),
      count: rng.int(0, 4),
    });
  for (let n = rng.int(0, 60); n > 0; n--)
    run.said(
      rng.pick(nodes),
      rng.real(0, LENGTH_S),
      { status: rng.pick(['minting', 'waiting', 'refusing']), overflowWaits: '7' },
      rng.pick([0, 0.3, -5, 3000]),
    );
  for (let n = rng.int(0, 3); n > 0; n--) {
    const from = rng.real(3, 25);
    const disturbs = rng.pick([['clock'], ['process'], ['coordinator'], []] as const);
    run.disturbance(from, rng.chance(0.8) ? from + rng.real(0.1, 5) : undefined, {
      reach: [rng.pick(nodes)],
      disturbs,
    });
  }
  if (rng.chance(0.3)) run.entry({ at: at(rng.real(0, LENGTH_S)), kind: 'stall', forMs: rng.int(250, 2000) });
  for (let n = rng.int(0, 9); n > 0; n--)
    run.entry({
      at: at(rng.real(0, LENGTH_S)),
      kind: 'pace',
      stored: '7',
      lagMs: rng.int(0, 3000),
      liveLagMs: rng.int(0, 3000),
      cpus: rng.real(0, 1),
      ...(rng.chance(0.5) && { storeCpus: rng.real(0, 1) }),
      ofCpus: 2,
    });
  if (rng.chance(0.5)) run.entry(unsent(rng.pick(nodes), rng.int(1, LENGTH_S), rng.int(0, 9)));
  for (let n = rng.int(0, 4), from = rng.real(0, 10); n > 0; n--, from += rng.real(1, 8)) {
    const tenure = { workerId: rng.int(0, 1), node: rng.pick(nodes), incarnation: 1, lease: `${n}` };
    run.tenures.push({ ...tenure, createRevision: `${9 - n}`, from: at(from), to: at(from + 1) });
    run.leases.push({
      ...tenure,
      lastSentNs: at(from + 0.5),
      ttlMs: 2000,
      ...(rng.chance(0.2) && { givenUpNs: at(from) }),
    });
  }
  for (let second = 0; second < LENGTH_S; second += rng.int(1, 9))
    run.sequence.push({ at: at(second), peak: rng.int(1, 4096), ids: rng.int(1, 4096), ticks: rng.int(1, 9) });
  return indicatorFacts({ ...run.build(), findings: [conflicts(rng.int(0, 2))] });
}

function unsent(node: string, second: number, dropped: number) {
  const none = { sent: 0, ok: 0, ids: 0, refused: {}, errors: {}, noAnswer: 0 };
  return { at: at(second), kind: 'load', node, dropped, ...none } as const;
}

function conflicts(violations: number) {
  const counts = { checked: 9, unit: 'batches', violations, outsideAssumptions: 0, undecided: 0, witnesses: [] };
  return { guarantee: 'owns-worker-id', verdict: 'pass', ...counts } as const;
}

describe.each([...indicators.values()].map((indicator) => [indicator.name, indicator] as const))(
  '%s',
  (_name, indicator) => {
    const options = indicator.options.parse(indicator.example);
    const measure = (facts: IndicatorFacts, spans: readonly Span[]): Measurement =>
      indicator.measure(facts, spans, options);

    test('says in words what it measures, and takes its own example', () => {
      expect(options).toEqual(indicator.example);
      expect(Object.keys(UNITS)).toContain(indicator.unit);
      expect(indicator.what(options)).toMatch(/^[^.]{10,}$/);
      expect(indicator.summary).toMatch(/^[a-z].*[^.]$/i);
      expect(indicator.options.safeParse({ ...indicator.example, bogus: 1 }).success).toBe(false);
    });

    test('has a value where there are samples, a finite one, and none where there are none', () => {
      fc.assert(
        fc.property(seeds, three, (seed, [from, to]) => {
          const { value, atBest, samples } = measure(randomRun(seed), [{ from: from!, to: to! }]);
          expect(Number.isInteger(samples) && samples >= 0).toBe(true);
          expect(value !== undefined).toBe(samples > 0);
          for (const known of [value, atBest].filter((one) => one !== undefined)) {
            expect(Number.isFinite(known) && known >= 0).toBe(true);
            // IDs received may be more than were asked for on average.
            if (indicator.unit === 'ratio' && indicator.name !== 'achieved-rate') expect(known).toBeLessThanOrEqual(1);
          }
        }),
        RUNS,
      );
    });

    test('measures nothing of nothing', () => {
      expect(measure(indicatorFacts(new RunBuilder().build()), WHOLE)).toEqual({ samples: 0 });
      fc.assert(
        fc.property(seeds, (seed) => {
          const facts = randomRun(seed);
          for (const spans of [[], [{ from: at(5), to: at(5) }], [{ from: at(900), to: at(950) }]])
            expect(measure(facts, spans).samples).toBe(0);
        }),
        RUNS,
      );
    });

    test('a span in two parts is the whole span, and no sample is in both parts, or in neither', () => {
      fc.assert(
        fc.property(seeds, three, (seed, moments) => {
          const [from, middle, to] = moments as [number, number, number];
          const facts = randomRun(seed);
          const [first, second] = [
            { from, to: middle },
            { from: middle, to },
          ];
          const whole = measure(facts, [{ from, to }]);
          expect(measure(facts, [first, second])).toEqual(whole);
          expect(measure(facts, [first]).samples + measure(facts, [second]).samples).toBe(whole.samples);
        }),
        RUNS,
      );
    });

    test('the order in which requests are listed does not matter', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const facts = randomRun(seed);
          expect(measure({ ...facts, requests: shuffled(facts.requests, seed) }, WHOLE)).toEqual(measure(facts, WHOLE));
        }),
        RUNS,
      );
    });

    test('the random runs give it something to measure', () => {
      const measured = Array.from({ length: 60 }, (_, seed) => measure(randomRun(seed), WHOLE).samples > 0);
      expect(measured.filter(Boolean).length).toBeGreaterThan(10);
      expect(measured.filter((any) => !any).length).toBeLessThan(50);
    });
  },
);

test('whoever reads requests says why there is no value where they were lost', () => {
  const lost: readonly string[] = [...indicators.values()]
    .filter((indicator: Indicator) => {
      const options = indicator.options.parse(indicator.example);
      const { value, detail = '' } = indicator.measure({ ...randomRun(3), requests: undefined }, WHOLE, options);
      return value === undefined && detail.includes('lost');
    })
    .map(({ name }) => name);
  expect(lost).toEqual(['achieved-rate', 'availability', 'error-ratio', 'latency', 'refusal', 'time-to-first-id']);
});

function shuffled(requests: IndicatorFacts['requests'], seed: number): IndicatorFacts['requests'] {
  if (requests === undefined) return undefined;
  const order = createRng(seed).shuffle(Array.from({ length: requests.length }, (_, row) => row));
  const columns = Object.entries(requests).map(([name, column]: [string, unknown]) => [
    name,
    typeof column === 'number'
      ? column
      : (column as Float64Array).map((_, place) => (column as Float64Array)[order[place]!]!),
  ]);
  return Object.fromEntries(columns) as NonNullable<IndicatorFacts['requests']>;
}
