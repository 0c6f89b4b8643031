import { expect, test } from 'vitest';
import { EXIT, SnowglobeError } from '../core/errors.ts';
import type { Scenario } from '../core/scenario.ts';
import type { K6Found } from '../load/k6-program.ts';
import { chooseLoad } from './choose-load.ts';

const docker = { name: 'docker', callable: true } as const;
const local = { name: 'local' } as const;
const sim = { name: 'sim', inProcess: true } as const;
const HERE: K6Found = { version: 'k6 1.8.1', where: '/bin/k6', command: () => ['/bin/k6'] };
const MISSING: K6Found = { missing: { what: 'k6 is not here.', remedy: 'Get it.' } };

const scenario = (nodes: number, idsPerSecond: number, peak = idsPerSecond) =>
  ({
    cluster: { nodes },
    load: { idsPerSecond, batch: { min: 1, max: 50, mean: 50 }, ramp: [{ atMs: 1000, idsPerSecond: peak }] },
  }) as unknown as Scenario;

const choose = (
  asked: string | undefined,
  driver: Parameters<typeof chooseLoad>[1],
  {
    found = HERE,
    given = scenario(4, 5000),
    driverAsked = false,
  }: { found?: K6Found; given?: Scenario; driverAsked?: boolean } = {},
) => chooseLoad(asked, driver, [given], { find: () => found, cores: 2, driverAsked });

test('k6 where it is here and can call the nodes; it is said which and why', () => {
  expect(choose(undefined, docker)).toMatchObject({ client: 'k6', told: 'Load: k6 1.8.1 (it is here: /bin/k6).' });
});

test.each([
  ['it is not here', docker, { found: MISSING }, /k6 is not here; snowglobe doctor says how to get it/],
  ['nodes cannot be called', local, {}, /nodes of local listen on UNIX sockets/],
  ['it would take too much of the machine', docker, { given: scenario(4, 20_000) }, /1,600 requests .* on 2 cores/],
  ['a ramp comes to that', docker, { given: scenario(4, 5000, 20_000) }, /1,600 requests/],
] as const)('the built-in client where %s', (_where, driver, more, told) => {
  expect(choose(undefined, driver, more)).toMatchObject({ client: 'built-in', told: expect.stringMatching(told) });
});

test('in the simulator there is nothing to choose, and nothing is said', () => {
  expect(choose(undefined, sim)).not.toHaveProperty('told');
});

test('what is asked for is taken, however much it costs', () => {
  expect(choose('k6', docker, { given: scenario(4, 20_000) }).client).toBe('k6');
  expect(choose('built-in', docker).client).toBe('built-in');
});

test.each([
  ['k6', docker, true, MISSING, EXIT.environment, 'k6 is not here. Get it.'],
  // What the user says of both contradicts itself; of a driver that is merely the best here, the machine lacks another.
  ['k6', local, true, HERE, EXIT.badInput, 'UNIX sockets'],
  ['k6', sim, true, HERE, EXIT.badInput, 'virtual'],
  ['k6', local, false, HERE, EXIT.environment, 'UNIX sockets'],
  ['k7', docker, true, HERE, EXIT.badInput, '"k7"'],
] as const)('--load %s on %o (asked for: %s) is refused', (asked, driver, driverAsked, found, exitCode, says) => {
  let error: unknown;
  try {
    choose(asked, driver, { found, driverAsked });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SnowglobeError);
  expect((error as SnowglobeError).exitCode).toBe(exitCode);
  expect((error as SnowglobeError).message).toContain(says);
});
