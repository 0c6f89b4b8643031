/** A schedule in words is that of the scenario. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from '../../harness/registry.ts';
import { scheduleOf } from './schedule.ts';

const of = async (name: string): Promise<string> =>
  scheduleOf(await loadScenario(join(import.meta.dirname, `../../scenarios/published/${name}.ts`)));

test('faults are told with their options, when they come, and when they are healed', async () => {
  expect(await of('killed-and-clock-back')).toBe(
    '2 nodes, each asked for 1,000 IDs a second; kill of n1 at 0 s, healed 0.8 s later; clock-step of n1, byMs -3000 at 0.3 s, healed 6 s later',
  );
});

test('where nothing goes wrong, that is told, and load of the node itself too', async () => {
  expect(await of('plain-load')).toMatch(/; nothing is disturbed$/);
  expect(await of('callers-at-once')).toContain('and 100,000 by itself in 8 threads');
});
