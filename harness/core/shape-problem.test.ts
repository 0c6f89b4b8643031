import { expect, test } from 'vitest';
import { z } from './schema.ts';
import { scenarioSchema } from './scenario.ts';
import { shapeProblem } from './shape-problem.ts';

const schema = z.strictObject({
  name: z.string(),
  slots: z.array(z.strictObject({ lengthMs: z.int().positive() })),
});

function problemOf(value: unknown): string | undefined {
  const { error } = schema.safeParse(value);
  return error === undefined ? undefined : shapeProblem(value, error, schema);
}

test('what is right has no problem', () => {
  expect(problemOf({ name: 'a', slots: [{ lengthMs: 1 }] })).toBeUndefined();
});

test('fields that are lacking and unknown are named together, wrong ones each with its path', () => {
  expect(problemOf({ version: 1, slots: [{ lengthMs: 1 }, { lengthMs: -1, sloth: 2 }] })).toMatch(
    /^it lacks name; unknown: version; slots\[1\]\.lengthMs: must be more than 0, and is -1; slots\[1\]: unknown: sloth$/,
  );
  // There, and of the wrong kind, it is not lacking.
  expect(problemOf({ name: undefined, slots: [] })).toMatch(/^name: /);
});

test.each<[unknown, string]>([
  [{ name: 7, slots: [] }, 'name: must be a text, and is 7'],
  [{ name: 'a', slots: 'none' }, 'slots: must be a list, and is "none"'],
  [{ name: 'a', slots: [{ lengthMs: 0.5 }] }, 'slots[0].lengthMs: must be a whole number, and is 0.5'],
  [{ name: 'a', slots: [{ lengthMs: 1e300 }] }, 'slots[0].lengthMs: must be 9007199254740991 or less'],
])('of %j it is told in plain words what must be and what is', (value, says) => {
  expect(problemOf(value)).toContain(says);
});

test('what is no object is told as that', () => {
  for (const value of [null, 7, 'name', []]) expect(problemOf(value)).toBe('it is no object');
});

test('of many wrong fields the rest is a number', () => {
  const slots = Array.from({ length: 11 }, () => ({ lengthMs: 0 }));
  expect(problemOf({ name: 'a', slots })).toMatch(/^slots\[0\]\..*slots\[7\]\.[^;]*; and 3 more$/);
});

/** A scenario without a mistake, and what is said of it with some. */
const right = {
  name: 'mine',
  question: 'Does it hold?',
  generator: 'snowflake',
  cluster: { nodes: 2, coordinatorMembers: 1 },
  load: { idsPerSecond: 500, batch: { min: 1, max: 20, mean: 10 } },
  warmUpMs: 1000,
  recoverMs: 1000,
};
const pause = { fault: 'pause', atMs: 0, forMs: 1000 };
const slots = (...disturbances: readonly object[]) => ({
  timetable: { order: 'given', slots: [{ name: 'one', lengthMs: 2000, disturbances }] },
});

test.each([
  // Whole words, and not what the validation library calls them.
  [
    { cluster: { ...right.cluster, coordinator: 'etdc' } },
    'cluster.coordinator: there is no "etdc" (did you mean etcd?)',
  ],
  [
    { cluster: { ...right.cluster, coordinator: 'zookeeper' } },
    'cluster.coordinator: there is no "zookeeper" (take one of etcd, postgres)',
  ],
  [
    slots({ ...pause, when: { signal: 'mintd', node: 'n1', ids: 3 } }),
    'timetable.slots[0].disturbances[0].when.signal: there is no "mintd" (did you mean minted?)',
  ],
  [
    slots(pause, { ...pause, when: { node: 'n1', ids: 3 } }),
    'timetable.slots[0].disturbances[1].when: it lacks signal',
  ],
  // A field that is unknown, where the one that was meant is lacking, or may stand here, or stands elsewhere.
  [
    slots({ fault: 'pause', atMs: 0, forSeconds: 1 }),
    'timetable.slots[0].disturbances[0]: it lacks forMs, unknown: forSeconds (did you mean forMs?)',
  ],
  [
    slots({ ...pause, when: { signal: 'worker-id-changed-hands', workerid: 1 } }),
    'timetable.slots[0].disturbances[0].when: unknown: workerid (did you mean workerId?)',
  ],
  [
    { selfLoad: 100, clockTool: 'shim' },
    'unknown: selfLoad (did you mean cluster.selfLoad?), clockTool (did you mean cluster.clockTool?)',
  ],
  [{ lengthMs: 5, colour: 'red' }, 'unknown: lengthMs (did you mean timetable.slots[].lengthMs?), colour'],
  [{ perNode: {} }, 'unknown: perNode (did you mean cluster.perNode?)'],
])('of a scenario with %j: %s', (mistakes, says) => {
  expect(scenarioSchema.safeParse({ ...right, ...slots(pause) }).success).toBe(true);
  const value = { ...right, ...slots(pause), ...mistakes };
  expect(shapeProblem(value, scenarioSchema.safeParse(value).error!, scenarioSchema)).toBe(says);
});
