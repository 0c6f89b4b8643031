import { expect, test } from 'vitest';
import { createRng } from '../core/random.ts';
import type { Load } from '../core/scenario.ts';
import { k6Plan } from './k6-plan.ts';

const load: Load = {
  idsPerSecond: 20_000,
  batch: { min: 1, max: 500, mean: 50 },
  simulated: { batchesPerSecond: 1, batch: { min: 1, max: 1, mean: 1 } },
  timeoutMs: 1000,
};
const plan = (change: Partial<Load> = {}, durationMs = 60_000) =>
  k6Plan({
    nodes: [{ name: 'n1', http: 'http://10.0.0.1:80', openMax: 128 }],
    load: { ...load, ...change },
    idBits: 128,
    rng: createRng(1),
    durationMs,
  });

test('a constant rate: requests a minute, sizes with the mean of the scenario, no more open than the node takes', () => {
  const { sizes, ...rest } = plan();
  expect(rest).toEqual({
    nodes: [{ name: 'n1', url: 'http://10.0.0.1:80/ids?count=' }],
    timeoutMs: 1000,
    perId: 2,
    comparedEvery: 1,
    jsonEvery: 7,
    perMinute: 24_000,
    stages: [],
    durationMs: 60_000,
    openMax: 128,
  });
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  expect(Math.abs(mean - 50)).toBeLessThan(5 * (50 / Math.sqrt(sizes.length)));
  expect(plan().sizes).toEqual(sizes);
});

test('a ramp becomes stages; what lies beyond the end is left out', () => {
  const ramp = [
    { atMs: 5000, idsPerSecond: 40_000 },
    { atMs: 8000, idsPerSecond: 10_000 },
    { atMs: 90_000, idsPerSecond: 1 },
  ];
  expect(plan({ ramp })).toMatchObject({
    comparedEvery: 2,
    stages: [
      { durationMs: 5000, perMinute: 48_000 },
      { durationMs: 3000, perMinute: 12_000 },
    ],
  });
});

test('few requests need few virtual users', () => {
  expect(plan({ idsPerSecond: 500 }).openMax).toBe(36);
});

test('a node that listens at no address cannot be asked', () => {
  expect(() => k6Plan({ nodes: [{ name: 'n1' }], load, idBits: 64, rng: createRng(1), durationMs: 1 })).toThrow('n1');
});
