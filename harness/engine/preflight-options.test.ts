import { expect, test } from 'vitest';
import { scenarioSchema } from '../core/scenario.ts';
import { loadGenerator, loadParts, loadScenario } from '../registry.ts';
import { combinationProblems, scenarioProblems } from './preflight.ts';

const parts = await loadParts();
const storm = await loadScenario('storm');

/** What is wrong with one disturbance, and what to do about it. */
const told = (fault: string, options: object): readonly string[] => {
  const slots = [{ name: 'slot', lengthMs: 5000, disturbances: [{ fault, options, atMs: 0, forMs: 1000 }] }];
  const scenario = scenarioSchema.parse({ ...storm, timetable: { order: 'given', slots } });
  return scenarioProblems(scenario, parts).map(({ what, remedy }) => `${what} ${remedy}`);
};

test('a slip in the name of an option is one mistake, and the options are named', () => {
  expect(told('clock-step', { node: 'n1', by: -500 })).toEqual([
    'The options of clock-step are wrong: it lacks byMs; unknown: by (did you mean byMs?). It takes node, byMs; `snowglobe list --faults` says what each is.',
  ]);
});

test('a moment that is none is told what moments there are', () => {
  expect(told('clock-near-end', { node: 'n1', end: '@ende', beforeMs: 0 })).toEqual([
    expect.stringContaining('wrong: end: must be Unix milliseconds, or one of @epoch, @end. It takes'),
  ]);
});

test('a slip in the name of a fault', () => {
  expect(told('clock-stpe', {})).toEqual([
    'There is no fault called "clock-stpe". Did you mean clock-step? See `snowglobe list --faults`.',
  ]);
});

test('a generator for another coordinator has one thing wrong with it, whatever options there are', async () => {
  const [killed, { generator }] = await Promise.all([loadScenario('segment-killed'), loadGenerator('snowflake')]);
  expect(combinationProblems(killed, generator).map(({ what }) => what)).toEqual([
    'The generator snowflake needs etcd, and the cluster of the scenario has postgres.',
  ]);
});

test('a cluster whose regions are none has one thing wrong with it, whatever fault takes a coordinator', () => {
  const { coordinatorMembers, nodes } = storm.cluster;
  const cluster = { nodes, coordinatorMembers, coordinatorPerRegion: true };
  const disturbances = [...parts.faults.values()]
    .filter(({ disturbs }) => disturbs.includes('coordinator'))
    .map(({ name, example }) => ({ fault: name, options: example, atMs: 0, forMs: 1000 }));
  for (const disturbance of disturbances) {
    const slots = [{ name: 'slot', lengthMs: 9000, disturbances: [disturbance] }];
    const scenario = scenarioSchema.parse({ ...storm, cluster, hazards: [], timetable: { order: 'given', slots } });
    const problems = scenarioProblems(scenario, parts).map(({ what }) => what);
    expect(problems.join()).not.toContain('()');
    expect(problems[0]).toMatch(/no zone of the cluster lies in a region/);
  }
});
