import { expect, test } from 'vitest';
import type { Load } from '../core/scenario.ts';
import { comparing, takingOf } from './comparing.ts';

const load: Load = {
  idsPerSecond: 5000,
  batch: { min: 1, max: 100, mean: 50 },
  simulated: { batchesPerSecond: 120, batch: { min: 1, max: 3, mean: 2 } },
  timeoutMs: 1000,
};

test('up to 20,000 IDs a second, all nodes together, every answer is compared', () => {
  expect(comparing(load, false, 4)).toEqual({ every: 1 });
});

test.each([
  ['of more nodes', load, 5, 2],
  ['of a ramp that comes to more', { ...load, ramp: [{ atMs: 1000, idsPerSecond: 30_000 }] }, 4, 6],
])('above, it is a sample %s, and says so', (_what, given, nodes, every) => {
  const { sample, ...compared } = comparing(given, false, nodes);
  expect(compared).toEqual({ every });
  expect(sample).toContain(`one request in ${every} of each node`);
});

test('the simulator asks for less, and compares all of it', () => {
  expect(comparing({ ...load, idsPerSecond: 1e6 }, true, 10)).toEqual({ every: 1 });
});

test('one in seven of those that are compared comes as JSON, and what is not compared is counted only', () => {
  const taken = Array.from({ length: 48 }, (_, number) => takingOf(number, 3));
  expect(taken.filter((taking) => taking === 'count only')).toHaveLength(32);
  expect(taken.filter((taking) => taking === 'json')).toHaveLength(2);
  expect(taken.filter((_, number) => number % 3 === 0)).not.toContain('count only');
});

test('of nodes that take turns each is asked for JSON', () => {
  const asJson = Array.from({ length: 48 }, (_, number) => number).filter((number) => takingOf(number, 1) === 'json');
  expect(new Set(asJson.map((number) => number % 2)).size).toBe(2);
});
