import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { answersOf, headlineOf } from './answers.ts';
import type { Problem } from '../core/errors.ts';
import { GENERATOR, INPUT, minted, passingRun, planned, PRICES, RATE, rateOf } from './plan-for-tests.ts';
import { capacityPlan } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import { reserveOf, roomOf } from './worker-ids.ts';

const [year] = planned().years;
const autoscaling = { target: 'ids', kind: 'Deployment', minReplicas: 2 } as const;

describe('by hand: 10,000 IDs/s and ten times that at most, on nodes of 20,000 IDs/s', () => {
  test('the busiest second takes 7 nodes at 75 % of the rate: 100,000 / 15,000 is 6.7', () => {
    expect(planned().rate).toMatchObject({ idsPerSecond: 20_000, perNode: 15_000, atLeast: true });
    expect(year).toMatchObject({ peakIdsPerSecond: 100_000, nodes: 7 });
  });

  test('the sequence of the busiest node is used to 0.35 %: 14,286 of 4,096,000 IDs/s', () => {
    expect(year?.sequence?.share).toBeCloseTo(100_000 / 7 / 4_096_000, 10);
    expect(year?.sequence?.level).toBe('fine');
  });

  test('7 restarts an hour of 36 s each keep 0.07 worker IDs out of use; 34 % of 7 go at once: 11 are needed', () => {
    expect(year?.regions).toEqual([
      {
        region: 'everywhere',
        nodes: 7,
        workerIds: {
          available: 1024,
          reserve: { restartsPerHour: 7, betweenHands: 0.07, atOnce: 3, ids: 4 },
          needed: 11,
          fits: true,
        },
      },
    ]);
  });

  test('claim F10: 432 GB a day, 43 GB compressed, 16 TB a year; measured are 3 bytes an ID', () => {
    expect(year?.evidence).toEqual({
      idsPerDay: '864000000',
      idsPerYear: '315360000000',
      measured: { perDay: '2592000000', perYear: '946080000000', kept: '946080000000' },
      claimed: {
        rawPerDay: '432000000000',
        perDay: '43200000000',
        perYear: '15768000000000',
        kept: '15768000000000',
      },
    });
  });

  test('claim F9: both prices of a node are shown', () => {
    expect(year?.cost?.map(({ name, nodes }) => ({ name, nodes }))).toEqual([
      { name: 'one', nodes: 700 },
      { name: 'other', nodes: 315 },
    ]);
    expect(year?.cost?.[0]?.storage).toBeCloseTo(94.608, 6);
    expect(year?.cost?.[0]?.total).toBeCloseTo(794.608, 6);
  });
});

describe('the rate', () => {
  const fast = rateOf(passingRun({ n1: minted(30_000) }));

  test('of several passing runs the highest is proved', () => {
    expect(planned(INPUT, [RATE, fast]).rate).toMatchObject({ idsPerSecond: 30_000 });
  });

  test('that was only what the load asked for is told as a lower bound', () => {
    expect(answersOf(planned())[0]).toMatchObject({
      answer: expect.stringContaining('at the most 7 nodes') as unknown,
      because: expect.stringContaining('No run saturated its nodes') as unknown,
    });
    const short = rateOf(passingRun({ n1: minted(12_000) }));
    expect(answersOf(planned(INPUT, [short]))[0]?.because).not.toContain('saturated');
  });

  test('where IDs carry no sequence, nothing but the measured rate bounds it, and nothing is said of one', () => {
    const layout = { ...GENERATOR.layout, sequenceBits: 0 };
    const plan = planned(INPUT, [RATE], { ...GENERATOR, layout });
    expect(plan.rate).toMatchObject({ perNode: 15_000 });
    expect(plan.rate).not.toHaveProperty('sequenceAllows');
    expect(plan.years.some((of) => 'sequence' in of)).toBe(false);
    expect(answersOf(plan).map(({ question }) => question)).not.toContain('Sequence');
  });

  test('is never planned with beyond what the sequence bits allow', () => {
    const layout = { ...GENERATOR.layout, sequenceBits: 3 };
    expect(planned(INPUT, [RATE], { ...GENERATOR, layout }).rate).toMatchObject({
      perNode: 8000,
      sequenceAllows: 8000,
    });
  });
});

describe('laws', () => {
  const rates = fc.integer({ min: 1, max: 10 ** 9 });
  const handOvers = fc.record({
    restartsPerNodePerDay: fc.double({ min: 0, max: 5000, noNaN: true }),
    ttlSeconds: fc.double({ min: 0.1, max: 600, noNaN: true }),
    waitSeconds: fc.double({ min: 0, max: 600, noNaN: true }),
    shareAtOnce: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 });
  const at = (idsPerSecond: number, more: Partial<PlanInput> = {}) =>
    planned({ ...INPUT, growth: [{ year: 1, idsPerSecond }], ...more }).years[0];

  test('more growth never needs fewer nodes, worker IDs or bytes, in any regions', () => {
    fc.assert(
      fc.property(rates, rates, shares, (one, other, weights) => {
        const regions = weights.map((share, index) => ({ name: `r${index}`, share }));
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((rate) => at(rate, { regions }));
        expect(more?.nodes).toBeGreaterThanOrEqual(less?.nodes ?? 0);
        for (const [index, region] of (more?.regions ?? []).entries())
          expect(region.workerIds?.needed).toBeGreaterThanOrEqual(less?.regions[index]?.workerIds?.needed ?? 0);
        expect(BigInt(more?.evidence.measured?.kept ?? 0)).toBeGreaterThanOrEqual(
          BigInt(less?.evidence.measured?.kept ?? 0),
        );
      }),
    );
  });

  test('the nodes suffice, and one less would not', () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const nodes = at(rate)?.nodes ?? 0;
        const peak = rate * INPUT.peakFactor;
        expect(nodes * 15_000).toBeGreaterThanOrEqual(peak * (1 - 1e-6));
        expect((nodes - 1) * 15_000).toBeLessThan(peak);
      }),
    );
  });

  test('the room is the most nodes that fit with their reserve', () => {
    fc.assert(
      fc.property(handOvers, fc.integer({ min: 0, max: 5000 }), (handOver, workerIds) => {
        const room = roomOf(workerIds, handOver);
        const needed = (nodes: number): number => nodes + reserveOf(nodes, handOver).ids;
        expect(needed(room)).toBeLessThanOrEqual(workerIds);
        expect(needed(room + 1)).toBeGreaterThan(workerIds);
      }),
    );
  });

  test('a year fits into its worker IDs if and only if its nodes are within the room', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_500_000 }), handOvers, (rate, handOver) => {
        const use = at(rate, { handOver })?.regions[0];
        expect(use?.workerIds?.fits).toBe((use?.nodes ?? 0) <= roomOf(1024, handOver));
      }),
    );
  });

  test('IDs and bytes beyond 2^53 are exact', () => {
    const { evidence } = at(10 ** 12) ?? {};
    expect(evidence?.idsPerYear).toBe(String(10n ** 12n * 86_400n * 365n));
    expect(evidence?.claimed.perYear).toBe(String(10n ** 12n * 86_400n * 365n * 50n));
  });
});

describe('autoscaling', () => {
  test('maxReplicas is what 1,024 worker IDs allow: 758 nodes, 8 out of use and 258 at once', () => {
    const [manifest] = planned({ ...INPUT, autoscaling }).manifests;
    expect(manifest?.yaml).toContain('# 1,024 worker IDs allow 758 nodes, with 266 kept for hand-over.');
    expect(parse(manifest?.yaml ?? '')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ids' },
        minReplicas: 2,
        maxReplicas: 758,
        metrics: [{ type: 'Resource', resource: { target: { averageUtilization: 70 } } }],
        behavior: { scaleUp: { stabilizationWindowSeconds: 60 }, scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    });
  });

  test('a metric of the pods is held at what a node is planned with', () => {
    const [manifest] = planned({ ...INPUT, autoscaling: { ...autoscaling, metric: 'ids_per_second' } }).manifests;
    expect(parse(manifest?.yaml ?? '')).toMatchObject({
      spec: {
        metrics: [{}, { pods: { metric: { name: 'ids_per_second' }, target: { averageValue: '15000' } } }],
      },
    });
  });

  test('each region has a manifest of its own, bounded by its own range; one that is kept free has none', () => {
    const regions = [
      { name: 'a', share: 1, workerIds: { from: 0, to: 99 } },
      { name: 'b', share: 3, workerIds: { from: 100, to: 899 } },
      { name: 'spare', share: 0, workerIds: { from: 900, to: 1023 } },
    ];
    const { manifests } = planned({ ...INPUT, regions, autoscaling });
    expect(manifests.map(({ file, maxReplicas }) => [file, maxReplicas])).toEqual([
      ['by-hand-hpa-a.yaml', roomOf(100, INPUT.handOver)],
      ['by-hand-hpa-b.yaml', roomOf(800, INPUT.handOver)],
    ]);
    for (const { yaml } of manifests) expect(parseAllDocuments(yaml).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test('more replicas than worker IDs are refused, and so is a minimum that none can reach', () => {
    const told = (more: object): readonly Problem[] => {
      const input = { ...INPUT, autoscaling: { ...autoscaling, ...more } };
      const plan = capacityPlan({ input, where: 'plan.json', generator: GENERATOR, rates: [RATE], prices: PRICES });
      return 'version' in plan ? [] : plan;
    };
    expect(told({ maxReplicas: 758 })).toEqual([]);
    expect(told({ maxReplicas: 759 })).toEqual([
      {
        what: 'The 1,024 worker IDs allow 758 nodes with their reserve, fewer than maxReplicas (759).',
        where: 'plan.json: autoscaling.maxReplicas',
        remedy: 'Give 758 at the most, or leave it out.',
      },
    ]);
    expect(told({ minReplicas: 800 })).toEqual([
      expect.objectContaining({ where: 'plan.json: autoscaling.minReplicas' }),
    ]);
    expect(told({ minReplicas: 9, maxReplicas: 8 })).toEqual([
      expect.objectContaining({ what: 'maxReplicas (8) is less than minReplicas (9).' }),
    ]);
  });
});

describe('IDs without a worker ID', () => {
  const generator = { ...GENERATOR, layout: { ...GENERATOR.layout, workerBits: 0 } };
  const told = (input: PlanInput): readonly Problem[] => {
    const plan = capacityPlan({ input, where: 'plan.json', generator, rates: [RATE], prices: undefined });
    return 'version' in plan ? [] : plan;
  };

  test('need no pool, and nodes are bounded by the plan alone', () => {
    const input = { ...INPUT, autoscaling: { ...autoscaling, maxReplicas: 100 } };
    const plan = planned(input, [RATE], generator);
    expect(plan).not.toHaveProperty('workerIds');
    expect(plan.manifests[0]?.maxReplicas).toBe(100);
  });

  test('cannot be parted among regions, nor bound a number of nodes', () => {
    expect(told({ ...INPUT, regions: [{ name: 'a', share: 1 }] })).toHaveLength(1);
    expect(told({ ...INPUT, autoscaling })).toHaveLength(1);
  });
});

describe('the headline says what does not hold', () => {
  const headline = (change: Partial<PlanInput>, rates = [RATE]): string =>
    headlineOf(planned({ ...INPUT, ...change }, rates)).text;

  test('all holds', () => {
    expect(headline({})).toBe('Fits through year 1');
  });

  /** Nodes that were asked for 20,000 IDs/s: what they minted is what they can. */
  const saturated = [rateOf(passingRun({ n1: minted(16_000) }))];

  test('the growth table has too few nodes', () => {
    const growth = (nodes: number) => ({ growth: [{ year: 1, idsPerSecond: 10_000, nodes }] });
    expect(headline(growth(8), saturated)).toBe('Does not fit: nodes');
    expect(headline(growth(9), saturated)).toBe('Fits through year 1');
  });

  test('the worker IDs do not suffice', () => {
    expect(headline({ growth: [{ year: 1, idsPerSecond: 1_200_000 }] }, saturated)).toBe('Does not fit: worker IDs');
  });

  test('where the rate is a lower bound, that fewer nodes would not do is not claimed', () => {
    const growth = [{ year: 1, idsPerSecond: 1_200_000, nodes: 6 }];
    expect(headline({ growth })).toBe('To be looked at: nodes, worker IDs');
    expect(answersOf(planned({ ...INPUT, growth }))[2]?.answer).toBe(
      'too few from year 1 on, by the rate that is proved',
    );
  });

  test('the time bits end within the years of the plan', () => {
    expect(headline({ growth: [{ year: 67, idsPerSecond: 1 }] })).toBe('Does not fit: time bits');
    expect(headline({ growth: [{ year: 66, idsPerSecond: 1 }] })).toBe('Fits through year 66');
  });

  test('claim F6: the sequence is half full, or four fifths', () => {
    const rate = (share: number) => [rateOf(passingRun({ n1: minted(4_096_000 * share) }))];
    const growth = [{ year: 1, idsPerSecond: 4_096_000 }];
    const full = { growth, peakFactor: 1, targetShare: 1 };
    expect(headline(full, rate(0.5))).toBe('To be looked at: sequence');
    expect(headline(full, rate(0.49))).toBe('Fits through year 1');
    expect(headline(full, rate(1))).toBe('Does not fit: sequence');
  });

  test('storage was not measured', () => {
    const { store: _, ...bytes } = RATE.bytes;
    expect(headline({}, [{ ...RATE, bytes }])).toBe('To be looked at: storage');
  });
});
