import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { described, readClock } from '../../core/clock-reading.ts';
import type { ClusterNode } from '../../core/cluster.ts';
import { shim } from '../agent/clocks/shim.ts';
import { CLOCK_TRIALS, tryFault } from '../agent/clocks/skewed-program-for-tests.ts';
import type { Engine } from './engine.ts';
import { findEngine } from './engine.ts';
import { type Base, chooseBase, ensureImage } from './images.ts';
import { prove } from './probe.ts';
import { eventually, runForTest, SNOWFLAKE } from './run-for-test.ts';

/** The launcher writes x86-64 code. */
const TOOLS = process.arch === 'x64' ? (['shim', 'vdso'] as const) : (['shim'] as const);

test.each(TOOLS)('under %s clocks move as asked, and come back', async (tool) => {
  const spec = tool === 'shim' ? {} : { clockTool: tool };
  await using run = await runForTest(spec, SNOWFLAKE, new Set(['clock.step', 'clock.freeze', 'clock.drift']));
  const { cluster } = run;
  const [n1] = cluster.nodes as [ClusterNode];
  expect(n1.clock.backend).toBe(tool);
  expect(cluster.versions).toMatchObject({ 'clocks by': tool });
  // What differs from the local driver, where all trials are made, is how the tools come into the program; the first one
  // shows that they did.
  for (const { fault, options } of CLOCK_TRIALS.slice(0, 1)) {
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

test('an image whose tool is not there is refused with exit 3: its clock is seen not to follow', async () => {
  const { docker } = (await findEngine()) as Engine;
  const image = await ensureImage(
    docker,
    (await chooseBase(docker)) as Base,
    () => undefined,
    AbortSignal.timeout(60_000),
  );
  const folder = await mkdtemp(join(tmpdir(), 'snowglobe-test-'));
  try {
    // The loader goes on without a library that it does not find.
    const clock = { backend: shim, tools: new Map([[shim.name, '/nowhere/libskew.so']]) };
    const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
    const runId = randomBytes(4).toString('hex');
    const code = { mounts: [], files: [] };
    const proof = { docker, image: image.reference, runId, labels: {}, folder, code, user, clock, ownerUid: undefined };
    await expect(prove({ ...proof, needs: new Set(['clock.step']) })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('under shim did not go back by an hour') as string,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
