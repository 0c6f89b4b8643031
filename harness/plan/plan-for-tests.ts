/** A plan file, runs and prices whose figures are easy to reckon by hand, for tests. */
import type { Run } from '../core/run.ts';
import { msToNs } from '../core/time.ts';
import { passingStorm } from '../../reports/fixtures/storm.ts';
import type { CapacityPlan } from './capacity-plan.ts';
import type { MeasuredRate } from './measured-rate.ts';
import { measureRate } from './measured-rate.ts';
import type { PlanInput, Prices } from './plan-input.ts';
import { capacityPlan } from './plan.ts';

/** 10,000 IDs/s in the mean, ten times that at most; a restart of each node an hour, 36 s of each. */
export const INPUT: PlanInput = {
  name: 'by-hand',
  begins: '2027-01-01',
  growth: [{ year: 1, idsPerSecond: 10_000 }],
  peakFactor: 10,
  targetShare: 0.75,
  handOver: { restartsPerNodePerDay: 24, ttlSeconds: 30, waitSeconds: 6, shareAtOnce: 0.34 },
  storage: { keepDays: 365, replicas: 1 },
};

export const PRICES: Prices = {
  currency: 'USD',
  nodeMonth: [
    { name: 'one', amount: 100 },
    { name: 'other', amount: 45 },
  ],
  gigabyteMonth: 0.1,
};

const BUCKET_MS = 250;
const WARM_UP_FROM_MS = 1000;
const WARM_UP_TO_MS = 7000;
const LENGTH_MS = 12_000;

/** IDs of a node in each bucket, at a rate, from one moment to another. */
export function minted(perSecond: number, fromMs = 0, toMs = LENGTH_MS): readonly number[] {
  return Array.from({ length: LENGTH_MS / BUCKET_MS }, (_, bucket) =>
    bucket * BUCKET_MS >= fromMs && bucket * BUCKET_MS < toMs ? (perSecond * BUCKET_MS) / 1000 : 0,
  );
}

/** A passing run of `storm` (20,000 IDs/s asked of each node) that warmed up from 1 s to 7 s and then was disturbed. */
export function passingRun(idsByNode: Readonly<Record<string, readonly number[]>>, change: Partial<Run> = {}): Run {
  const storm = passingStorm();
  return {
    ...storm,
    phases: [
      { phase: 'warm-up', from: msToNs(WARM_UP_FROM_MS), to: msToNs(WARM_UP_TO_MS) },
      { phase: 'disturb', from: msToNs(WARM_UP_TO_MS), to: msToNs(9000) },
      { phase: 'recover', from: msToNs(9000), to: msToNs(LENGTH_MS) },
    ],
    series: {
      bucketMs: BUCKET_MS,
      idsByNode: Object.entries(idsByNode).map(([node, values]) => ({ node, values })),
      offsetsByNode: [],
    },
    evidence: { ...storm.evidence, minted: '1000000', stored: '1000000', batches: 20_000 },
    measured: {
      ...storm.measured,
      stored: [
        { table: 'batches', rows: '20000', onDisk: '1000000', uncompressed: '4000000' },
        { table: 'ids', rows: '1000000', onDisk: '2000000', uncompressed: '26000000' },
      ],
    },
    ...change,
  };
}

/** The rate that a run proves; throws where it proves none. */
export function rateOf(run: Run): MeasuredRate {
  const rate = measureRate(run, 'a run');
  if ('remedy' in rate) throw new Error(rate.what);
  return rate;
}

export const GENERATOR = passingStorm().generator;
/** Two nodes at 20,000 IDs/s each, 3 bytes an ID in the store. */
export const RATE = rateOf(passingRun({ n1: minted(20_000), n2: minted(20_000) }));

/** The plan of an input; throws where it cannot be made. */
export function planned(
  input: PlanInput = INPUT,
  rates: readonly MeasuredRate[] = [RATE],
  generator: Run['generator'] = GENERATOR,
): CapacityPlan {
  const plan = capacityPlan({ input, where: 'plan.json', generator, rates, prices: PRICES });
  if (!('version' in plan)) throw new Error(plan.map(({ what }) => what).join(' '));
  return plan;
}
