import { expect, test } from 'vitest';
import { scenarioSchema } from '../core/scenario.ts';
import type { ScenarioInput } from '../core/scenario.ts';
import { loadScenario, scenarioFiles } from '../registry.ts';
import { signalProblems } from './signal-problems.ts';

const storm = await loadScenario('storm');
type Slot = ScenarioInput['timetable']['slots'][number];

/** What is wrong with these disturbances in one slot. */
const told = (disturbances: readonly Partial<Slot['disturbances'][number]>[], lengthMs = 10_000): readonly string[] => {
  const filled = disturbances.map((one) => ({ fault: 'pause', atMs: 0, forMs: 1000, ...one }));
  const slots = [{ name: 'slot', lengthMs, disturbances: filled }];
  const scenario = scenarioSchema.parse({ ...storm, pool: 3, timetable: { order: 'given', slots } });
  return signalProblems(scenario, ['@holder', 'n1']).map(({ what, remedy, where }) => `${where}: ${what} ${remedy}`);
};
const healed = (disturbance: string) => ({ signal: 'healed', disturbance }) as const;

test('two that wait for each other, told once; and so a longer ring, whoever else waits for one of it', () => {
  const ring = [
    { name: 'x', when: healed('y') },
    { name: 'y', when: healed('x') },
  ];
  expect(told(ring)).toEqual([
    'storm: timetable.slots[0] (slot).disturbances[0].when: x waits for the heal of y, y for that of x: none of them would ever begin. Let one of them wait for something else.',
  ]);
  const longer = [
    { name: 'onlooker', when: healed('y') },
    { name: 'x', when: healed('z') },
    { name: 'y', when: healed('x') },
    { name: 'z', when: healed('y') },
  ];
  expect(told(longer)).toEqual([
    expect.stringContaining('x waits for the heal of z, z for that of y, y for that of x'),
  ]);
  expect(told([{ name: 'x', when: healed('y') }, { name: 'y' }])).toEqual([]);
});

test('a worker ID outside the pool', () => {
  const changed = (workerId?: number) => [
    { when: { signal: 'worker-id-changed-hands', ...(workerId !== undefined && { workerId }) } as const },
  ];
  expect(told(changed(3))).toEqual([expect.stringContaining('worker ID 3 to change hands, and the pool has 0 to 2.')]);
  expect(told(changed(2))).toEqual([]);
  expect(told(changed())).toEqual([]);
});

test('a name that was written twice, or is that of a nameless one', () => {
  const twice = 'There is a disturbance called "x" in this slot already.';
  expect(told([{ name: 'x' }, { name: 'x', fault: 'kill' }])).toEqual([expect.stringContaining(twice)]);
  expect(told([{ fault: 'kill' }, { name: 'kill' }])).toEqual([expect.stringContaining('called "kill"')]);
  // As in zone-down: three clocks of a zone go wrong together.
  expect(told([{ fault: 'kill' }, { fault: 'kill' }])).toEqual([]);
});

test('a signal of two that have no name', () => {
  expect(told([{}, {}, { name: 'x', when: healed('pause') }])).toEqual([
    expect.stringContaining('x waits for the heal of pause, and 2 disturbances of its slot are called so.'),
  ]);
  // It is one of the two itself.
  expect(told([{}, { when: healed('pause') }])).toEqual([expect.stringContaining('2 disturbances of its slot')]);
});

test('nobody to wait for', () => {
  expect(told([{ name: 'x', when: healed('y') }])).toEqual([
    expect.stringContaining('which is no other disturbance of its slot. Put both into one slot'),
  ]);
  expect(told([{ name: 'x', when: healed('x') }, { name: 'y' }])).toEqual([expect.stringContaining('Take one of y.')]);
  expect(told([{ when: { signal: 'minted', node: 'n9', ids: 1 } }])).toEqual([
    expect.stringContaining('pause waits for minted of n9, and there is no such node'),
  ]);
});

test('a chain of heals that is longer than its slot, told at the link that is too long', () => {
  const chain = [
    { name: 'a', forMs: 4000 },
    { name: 'b', forMs: 4000, when: healed('a') },
    { name: 'c', forMs: 4000, when: healed('b') },
    { name: 'd', forMs: 4000, when: healed('c') },
  ];
  expect(told(chain)).toEqual([
    expect.stringContaining('disturbances[2].when: c ends 12000 ms into a slot of 10000 ms at the earliest: b, a are'),
  ]);
  expect(told(chain, 16_000)).toEqual([]);
});

test('no scenario of ours waits for what can never come', async () => {
  for (const { name } of scenarioFiles()) {
    const scenario = await loadScenario(name);
    expect(signalProblems(scenario, ['@holder', ...nodesOf(scenario.cluster.nodes)])).toEqual([]);
  }
});

const nodesOf = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `n${index + 1}`);
