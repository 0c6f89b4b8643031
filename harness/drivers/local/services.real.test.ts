/** Services in Go and Python as nodes of this driver: their clocks, and what becomes of their processes. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import type { Ability, Cluster, ClusterNode } from '../../core/cluster.ts';
import type { GeneratorSource } from '../../core/driver.ts';
import clockStep from '../../faults/clock-step.ts';
import { tryFault } from '../agent/clocks/skewed-program-for-tests.ts';
import { statOf } from '../agent/proc.ts';
import {
  asksFor,
  buildGoService,
  GO_MISSING,
  offsetInIds,
  processesWith,
  PYTHON_MISSING,
  pythonHere,
  served,
  writePythonService,
} from '../agent/services-for-tests.ts';
import { LINKS_VARIABLE } from './chosen-links.ts';
import { launchContext } from './cluster.fixture.ts';
import driver from './driver.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-services-')));
afterAll(() => rmSync(folder, { recursive: true }));

const NO_GO = GO_MISSING ?? (process.arch === 'x64' ? undefined : 'clocks of Go are skewed on x86-64 only');

async function launched(generator: GeneratorSource, needs: readonly Ability[] = []): Promise<Cluster> {
  const context = await launchContext(randomBytes(4).toString('hex'), mkdtempSync(join(folder, 'run-')));
  const spec = { nodes: 1, coordinatorMembers: 1, options: {} };
  return driver.launch(spec, { ...context, generator, needs: new Set(needs) });
}

const restarted = (node: ClusterNode, incarnation: number): Promise<void> =>
  expect
    .poll(
      () =>
        node.health(300).then(
          (health) => health.incarnation,
          () => 0,
        ),
      { timeout: 8000 },
    )
    .toBe(incarnation);

test('the clock of a Go service is stepped, from its first reading on in each life', async (context) => {
  if (NO_GO !== undefined) return context.skip(NO_GO);
  const program = buildGoService(folder, 'stepped');
  // IDs carry what the clock showed before main began.
  const source = served({
    kind: 'service',
    command: [program, '{host}:{port}', '{worker}'],
    ask: asksFor('/born'),
  });
  await using cluster = await launched(source, ['clock.step']);
  const [n1] = cluster.nodes as [ClusterNode];
  expect(n1.clock.backend).toBe('vdso');
  const { bite, samples } = await tryFault(cluster, clockStep, { node: 'n1', byMs: -3000 });
  expect(bite, JSON.stringify(samples)).toMatchObject({ bit: true });

  await n1.process.kill();
  await n1.clock.set({ offsetMs: -3_600_000, rate: 1 });
  await n1.process.start();
  await restarted(n1, 2);
  expect((await n1.health(1000)).clockDoubt).toBeUndefined();
  expect(Math.abs((await offsetInIds(n1)) + 3_600_000)).toBeLessThan(10_000);
}, 20_000);

test('the clock of a Python service is stepped by the shim, in its IDs, too', async (context) => {
  if (PYTHON_MISSING !== undefined) return context.skip(PYTHON_MISSING);
  const source = served({
    kind: 'service',
    command: [pythonHere(), writePythonService(folder), '{port}'],
    ask: asksFor('/id'),
  });
  await using cluster = await launched(source, ['clock.step']);
  const [n1] = cluster.nodes as [ClusterNode];
  expect(n1.clock.backend).toBe('shim');
  expect(await tryFault(cluster, clockStep, { node: 'n1', byMs: -3000 })).toMatchObject({ bite: { bit: true } });
  await n1.clock.set({ offsetMs: -60_000, rate: 1 });
  expect(Math.abs((await offsetInIds(n1)) + 60_000)).toBeLessThan(5000);
}, 20_000);

test('of a service that replaced itself by exec a step is not believed', async (context) => {
  if (PYTHON_MISSING !== undefined) return context.skip(PYTHON_MISSING);
  const source = served({
    kind: 'service',
    command: [pythonHere(), writePythonService(folder), '{port}'],
    ask: asksFor('/exec'),
  });
  await using cluster = await launched(source, ['clock.step']);
  const [n1] = cluster.nodes as [ClusterNode];
  await offsetInIds(n1); // it answers, and is another program from then on
  await n1.clock.set({ offsetMs: -60_000, rate: 1 });
  await expect
    .poll(() => n1.health(1000).then(({ clockDoubt }) => clockDoubt, String))
    .toMatch(/has not loaded the shim/);
  await expect.poll(() => offsetInIds(n1).then(Math.abs, () => Infinity)).toBeLessThan(5000); // and so it is
  await expect(tryFault(cluster, clockStep, { node: 'n1', byMs: -3000 })).rejects.toThrow(/has not loaded the shim/);
}, 20_000);

test('one that cannot be skewed is refused before the run, and runs where nothing is asked of its clock', async (context) => {
  if (PYTHON_MISSING !== undefined) return context.skip(PYTHON_MISSING);
  const wrapped = served({
    kind: 'service',
    // The launcher skews the shell, and not what the shell starts.
    command: ['/bin/sh', '-c', `${pythonHere()} ${writePythonService(folder)} {port}; exit`],
    ask: asksFor('/id'),
  });
  const spec = { nodes: 1, coordinatorMembers: 1, options: {}, clockTool: 'vdso' } as const;
  const around = await launchContext(randomBytes(4).toString('hex'), mkdtempSync(join(folder, 'run-')));
  await expect(
    driver.launch(spec, { ...around, generator: wrapped, needs: new Set<Ability>(['clock.step']) }),
  ).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/n1 cannot be skewed: python/) as string });
  await using cluster = await launched(wrapped);
  expect(await offsetInIds(cluster.nodes[0] as ClusterNode)).toBeLessThan(1000);
}, 20_000);

test('whatever is done to a node reaches its service, and none outlives its node', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  const program = buildGoService(folder, 'reached');
  const services = (): readonly number[] => processesWith(program);
  // A child of the service mints: whoever ends the service alone leaves it behind.
  const command = ['/bin/sh', '-c', `${program} "$0" "$1"; exit`, '{host}:{port}', '{worker}'];
  const source = served({ kind: 'service', command, ask: asksFor('/id') });
  {
    await using cluster = await launched(source);
    const [n1] = cluster.nodes as [ClusterNode];
    const node = n1.process;
    expect(services()).toHaveLength(1);
    await node.pause(60_000);
    expect(services().map((pid) => statOf(pid)?.state)).toEqual(['T']);
    await node.resume();
    await node.slow(20);
    const seen = new Set<string | undefined>();
    for (let look = 0; look < 60; look++) {
      seen.add(statOf(services()[0] as number)?.state);
      await cluster.time.sleep(7);
    }
    expect(seen).toContain('T');
    await node.slow(100);

    await node.kill();
    expect(services()).toEqual([]);
    await node.start();
    await restarted(n1, 2);
    expect(await node.terminate(3000)).toBe('exited');
    expect(services()).toEqual([]);
    await node.start();
    await restarted(n1, 3);

    // A recorder that dies alone, as no fault has it, takes its service along.
    const parentOf = (pid: number): number => statOf(pid)?.parent as number;
    process.kill(parentOf(parentOf(services()[0] as number)), 'SIGKILL');
    await expect.poll(services).toEqual([]);
    await node.start();
    await restarted(n1, 4);
    expect(services()).toHaveLength(1);
  }
  expect(services()).toEqual([]);
}, 20_000);

/** A harness with a node that is paused; says its run and waits to be killed. */
const harness = (source: GeneratorSource): string => `
import driver from ${JSON.stringify(import.meta.resolve('./driver.ts'))};
import { launchContext } from ${JSON.stringify(import.meta.resolve('./cluster.fixture.ts'))};
const generator = ${JSON.stringify(source)};
const context = await launchContext(process.argv[1], process.argv[2]);
const spec = { nodes: 1, coordinatorMembers: 1, options: {} };
const cluster = await driver.launch(spec, { ...context, generator, needs: new Set(['clock.step']) });
const [n1] = cluster.nodes;
await n1.clock.set({ offsetMs: -60_000, rate: 1 });
console.log((await n1.health(1000)).clockDoubt ?? 'skewed');
await n1.process.pause(60_000);
setInterval(() => undefined, 1000);
`;

test.for([
  { where: 'in namespaces', links: {} },
  { where: 'on TCP links', links: { [LINKS_VARIABLE]: 'tcp' } },
])(
  'of a harness that was killed with -9 no service goes on, $where',
  { timeout: 20_000 },
  async ({ links }, context) => {
    if (PYTHON_MISSING !== undefined) return context.skip(PYTHON_MISSING);
    const file = writePythonService(folder);
    const command = [pythonHere(), file, '{port}'];
    const source = served({ kind: 'service', command, ask: asksFor('/id') });
    const runId = randomBytes(4).toString('hex');
    const args = ['--input-type=module', '-e', harness(source), runId, mkdtempSync(join(folder, 'run-'))];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...links },
    });
    const gone = once(child, 'exit');
    const said = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    await expect.poll(() => processesWith(file).map((pid) => statOf(pid)?.state)).toContain('T');
    child.kill('SIGKILL');
    await gone;
    await expect.poll(() => processesWith(file), { timeout: 8000 }).toEqual([]);
    await driver.sweep(runId);
    expect(said).toEqual(['skewed']);
  },
);
