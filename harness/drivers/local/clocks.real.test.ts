import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Ability, Cluster, ClusterNode, ClusterSpec } from '../../core/cluster.ts';
import { described, readClock } from '../../core/clock-reading.ts';
import { CLOCK_TRIALS, tryFault } from '../agent/clocks/skewed-program-for-tests.ts';
import { launchContext, SPEC } from './cluster.fixture.ts';
import driver from './driver.ts';

const NEEDS: readonly Ability[] = ['clock.step', 'clock.freeze', 'clock.drift'];
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function launched(spec: ClusterSpec, needs: readonly Ability[] = NEEDS): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  folders.push(folder);
  const context = await launchContext(randomBytes(4).toString('hex'), folder);
  return driver.launch(spec, { ...context, needs: new Set(needs) });
}

/** The launcher writes x86-64 code. */
const TOOLS = process.arch === 'x64' ? (['shim', 'vdso'] as const) : (['shim'] as const);

test.each(TOOLS)('under %s clocks move as asked, and come back', async (tool) => {
  await using cluster = await launched(tool === 'shim' ? SPEC : { ...SPEC, clockTool: tool });
  const [n1] = cluster.nodes as [ClusterNode];
  expect(n1.clock.backend).toBe(tool);
  expect(cluster.versions).toMatchObject({ 'clocks by': tool });
  // What differs between the tools is how they come into the program; the first trial shows that they did. All of them
  // are tried under the launcher on a Go program.
  for (const { fault, options } of tool === 'shim' ? CLOCK_TRIALS : CLOCK_TRIALS.slice(0, 1)) {
    const { bite, samples } = await tryFault(cluster, fault, options);
    expect(bite, `${fault.name} ${JSON.stringify(samples)}`).toMatchObject({ bit: true });
    expect(Math.abs(described(await readClock(cluster, 'n1')).observedMs ?? Number.NaN)).toBeLessThan(2);
  }
  // A node that starts again starts with the clock that is set, from its first reading on.
  await n1.process.kill();
  await n1.clock.set({ offsetMs: -8000, rate: 1 });
  await n1.process.start();
  await expect
    .poll(
      () =>
        n1.health(300).then(
          ({ incarnation }) => incarnation,
          () => 0,
        ),
      { timeout: 5000 },
    )
    .toBe(2);
  expect(described(await readClock(cluster, 'n1')).observedMs).toBeCloseTo(-8000, -1);
});

test('what the faults need decides: without drifts it is libfaketime', async () => {
  await using cluster = await launched(SPEC, ['clock.step']);
  expect(cluster.nodes[0]?.clock.backend).toBe('libfaketime');
});

test('a tool that cannot do what the faults need is refused with exit 3 before anything is begun', async () => {
  await expect(launched({ ...SPEC, clockTool: 'libfaketime' })).rejects.toMatchObject({ exitCode: 3 });
  expect(readdirSync(folders[0] as string)).toEqual([]);
});
