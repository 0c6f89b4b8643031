import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../core/random.ts';
import { scenarioSchema } from '../core/scenario.ts';
import { loadParts, loadScenario } from '../registry.ts';
import { scenarioProblems } from './preflight.ts';
import { orderSlots, plannedLengthMs } from './timetable.ts';

const parts = await loadParts();
const storm = await loadScenario('storm');

type Disturbance = (typeof storm)['timetable']['slots'][number]['disturbances'][number];
const withSlot = (disturbances: readonly Partial<Disturbance>[], lengthMs = 10_000) =>
  scenarioSchema.parse({
    ...storm,
    timetable: {
      order: 'given',
      slots: [
        {
          name: 'slot',
          lengthMs,
          disturbances: disturbances.map((one) => ({ atMs: 0, forMs: 1000, options: {}, ...one })),
        },
      ],
    },
  });
const problems = (disturbances: readonly Partial<Disturbance>[], lengthMs?: number) =>
  scenarioProblems(withSlot(disturbances, lengthMs), parts).map(({ what }) => what);

test('storm lasts 75 to 90 seconds and has nothing wrong with it', () => {
  expect(scenarioProblems(storm, parts)).toEqual([]);
  expect(plannedLengthMs(storm)).toBeGreaterThanOrEqual(75_000);
  expect(plannedLengthMs(storm)).toBeLessThanOrEqual(90_000);
});

test('a seed fixes the order of the slots, and every order keeps them all', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const order = orderSlots(storm, createRng(seed)).map(({ name }) => name);
      expect(order).toEqual(orderSlots(storm, createRng(seed)).map(({ name }) => name));
      expect([...order].sort()).toEqual(storm.timetable.slots.map(({ name }) => name).sort());
    }),
  );
});

describe('refused before anything starts:', () => {
  test('two disturbances on one clock at once', () => {
    const step = { fault: 'clock-step', options: { node: 'n1', byMs: 500 } };
    expect(problems([step, { ...step, atMs: 999 }])).toEqual([
      expect.stringContaining('both hold the clock of n1 between 999 and 1000 ms'),
    ]);
    expect(problems([step, { ...step, atMs: 1000 }])).toEqual([]);
    expect(problems([step, { ...step, options: { node: 'n2', byMs: 500 } }])).toEqual([]);
  });

  test('a clock of the holder and the clock of a node by name: they may be one', () => {
    const [step, freeze] = [
      { fault: 'clock-step', options: { node: '@holder', byMs: 500 } },
      { fault: 'clock-freeze', options: { node: 'n3' } },
    ];
    expect(problems([step, freeze])).toHaveLength(1);
    expect(problems([freeze, step])).toHaveLength(1);
  });

  test('a disturbance on a node that does not exist', () => {
    expect(problems([{ fault: 'pause', options: { node: 'n9' } }])).toEqual([expect.stringContaining('n9')]);
  });

  test('an unknown fault, an unknown option, a disturbance that outlasts its slot: all at once', () => {
    expect(
      problems([
        { fault: 'earthquake' },
        { fault: 'pause', options: { node: 'n1', depth: 3 } },
        { fault: 'pause', options: { node: 'n2' }, forMs: 60_000 },
      ]),
    ).toHaveLength(3);
  });

  test('a pool that the nodes cannot hold', () => {
    const found = scenarioProblems({ ...storm, pool: storm.cluster.nodes + 1 }, parts);
    expect(found.map(({ what }) => what)).toEqual([expect.stringContaining('5 worker IDs')]);
    expect(scenarioProblems({ ...storm, pool: storm.cluster.nodes }, parts)).toEqual([]);
  });

  test('an unknown hazard', () => {
    expect(scenarioProblems({ ...storm, hazards: [{ hazard: 'boredom', options: {} }] }, parts)).toHaveLength(1);
  });

  test('a hazard with options that it does not take', () => {
    const withOptions = (options: Record<string, string | number>) =>
      scenarioProblems({ ...storm, hazards: [{ hazard: 'restarted-with-clock-behind', options }] }, parts);
    expect(withOptions({ behindMs: 'x' })).toMatchObject([
      { what: expect.stringContaining('behindMs') as unknown, where: 'storm: hazards[0]' },
    ]);
    expect(withOptions({ depth: 3 })).toHaveLength(1);
    expect(withOptions({ behindMs: 500 })).toEqual([]);
  });

  test('two slots of one name: what happens in one would pass for the other', () => {
    const slot = { name: 'twin', lengthMs: 5000, disturbances: [{ fault: 'noop', atMs: 0, forMs: 1000 }] };
    const parse = (slots: readonly object[]) =>
      scenarioSchema.safeParse({ ...storm, timetable: { order: 'given', slots } });
    expect(parse([slot, { ...slot, name: 'other' }]).success).toBe(true);
    expect(parse([slot, { ...slot, name: 'other' }, slot]).error?.issues).toMatchObject([
      { path: ['timetable', 'slots', 2, 'name'], message: expect.stringContaining('"twin"') as unknown },
    ]);
  });

  test('a clock step that is none', () => {
    const step = (byMs: number) => problems([{ fault: 'clock-step', options: { node: 'n1', byMs } }]);
    expect(step(0)).toEqual([expect.stringContaining('a step of 0 ms is none')]);
    for (const byMs of [1, -1]) expect(step(byMs)).toEqual([]);
  });
});
