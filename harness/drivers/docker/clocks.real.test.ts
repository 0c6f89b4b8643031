import { expect, test } from 'vitest';
import { described, readClock } from '../../core/clock-reading.ts';
import type { ClusterNode } from '../../core/cluster.ts';
import { CLOCK_TRIALS, tryFault } from '../agent/clocks/skewed-program-for-tests.ts';
import { eventually, runForTest, SNOWFLAKE } from './run-for-test.ts';

/** The launcher writes x86-64 code. */
const TOOLS = process.arch === 'x64' ? (['shim', 'vdso'] as const) : (['shim'] as const);

test.each(TOOLS)('under %s clocks step, drift and stand still as asked, and come back', async (tool) => {
  const spec = tool === 'shim' ? {} : { clockTool: tool };
  await using run = await runForTest(spec, SNOWFLAKE, new Set(['clock.step', 'clock.freeze', 'clock.drift']));
  const { cluster } = run;
  const [n1] = cluster.nodes as [ClusterNode];
  expect(n1.clock.backend).toBe(tool);
  expect(cluster.versions).toMatchObject({ 'clocks by': tool });
  for (const { fault, options } of CLOCK_TRIALS) {
    const { bite, samples } = await tryFault(cluster, fault, options);
    expect(bite, `${fault.name} ${JSON.stringify(samples)}`).toMatchObject({ bit: true });
    expect(Math.abs(described(await readClock(cluster, 'n1')).observedMs ?? Number.NaN)).toBeLessThan(2);
  }
  // A node that starts again starts with the clock that is set, from its first reading on.
  await n1.process.kill();
  await n1.clock.set({ offsetMs: -8000, rate: 1 });
  await n1.process.start();
  await eventually(
    () => n1.health(300),
    ({ incarnation }) => incarnation === 2,
  );
  expect(described(await readClock(cluster, 'n1')).observedMs).toBeCloseTo(-8000, -1);
});
