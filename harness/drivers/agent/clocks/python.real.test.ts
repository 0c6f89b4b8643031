/** Python: libfaketime makes its sleeps fail; under the shim only its wall clock is another. */
import { beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../../core/fault.ts';
import clockDrift from '../../../faults/clock-drift.ts';
import clockStep from '../../../faults/clock-step.ts';
import { chooseClock } from './choose-clock.ts';
import type { ClockTools } from './clock-backend.ts';
import { libfaketime } from './libfaketime.ts';
import { shim } from './shim.ts';
import { programOf, startSkewed, toolsHere } from './skewed-program-for-tests.ts';

/** Asked with a number, it answers after a sleep of so many milliseconds; with how the sleep went. */
const PROGRAM = `
import sys, time
for line in sys.stdin:
    how = 'well'
    try:
        time.sleep(float(line.strip() or 0) / 1000)
    except OSError as error:
        how = str(error)
    print(int(time.time() * 1000), how, flush=True)
`;

const PYTHON = programOf('python3') as string;
let tools: ClockTools;
beforeAll(async () => {
  tools = await toolsHere();
});

test.each([
  ['a step', clockStep as Fault, { node: 'n1', byMs: -3000 }],
  ['running at half the rate', clockDrift as Fault, { node: 'n1', rate: 0.5 }],
])('under the shim %s bites, and sleeps stay as they are', async (_, fault, options) => {
  await using python = await startSkewed(shim, tools, [PYTHON, '-c', PROGRAM]);
  const { bite, samples } = await python.tryFault(fault, options);
  expect(bite, JSON.stringify(samples)).toMatchObject({ bit: true });
  const from = performance.now();
  expect(await python.ask('200')).toMatch(/ well$/);
  expect(performance.now() - from).toBeGreaterThan(195);
});

test('libfaketime is refused, for it breaks the sleeps', async () => {
  const program = { name: 'python3', linkage: 'glibc', isGo: false, isX64: true } as const;
  expect(libfaketime.refuses(program)).toMatch(/sleeps/);
  expect(chooseClock([program], new Set(['clock.step']), tools).name).toBe('shim');
  await using python = await startSkewed(libfaketime, tools, [PYTHON, '-c', PROGRAM]);
  expect(await python.ask('200')).not.toMatch(/ well$/);
});
