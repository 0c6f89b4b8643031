/** Services as nodes of this driver: as images of the user's, and as commands of this machine. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ability, ClusterNode } from '../../core/cluster.ts';
import type { ServiceNode } from '../../core/node-program.ts';
import clockStep from '../../faults/clock-step.ts';
import { tryFault } from '../agent/clocks/skewed-program-for-tests.ts';
import { OWN_GROUP } from '../agent/own-group.ts';
import { statOf } from '../agent/proc.ts';
import {
  asksFor,
  buildGoService,
  GO_MISSING,
  offsetInIds,
  processesWith,
  served,
} from '../agent/services-for-tests.ts';
import driver from './driver.ts';
import type { Docker, Engine } from './engine.ts';
import { findEngine } from './engine.ts';
import { eventually, minted, partsOf, runForTest } from './run-for-test.ts';

const NAME = `snowglobe-test-service-${randomBytes(4).toString('hex')}`;
const STEP: ReadonlySet<Ability> = new Set(['clock.step']);
/** Not below /tmp, which a container has of its own where its programs write. */
const folder = realpathSync(mkdtempSync(join(homedir(), '.snowglobe-test-')));
/** Its path in the image, and what its processes are told from all others by. */
const PROGRAM = `/${NAME}`;
const images: string[] = [];
let docker: Docker;

beforeAll(async () => {
  docker = ((await findEngine()) as Engine).docker;
  await driver.prepare({ log: () => undefined, signal: new AbortController().signal });
  if (GO_MISSING !== undefined) return;
  buildGoService(folder, NAME);
  await importImage('latest', ['ENTRYPOINT ["' + PROGRAM + '"]', 'USER 65534']);
}, 120_000);

afterAll(async () => {
  for (const image of images) await docker.getImage(image).remove({ force: true });
  rmSync(folder, { recursive: true });
});

/** From nothing but the program. */
async function importImage(tag: string, changes: readonly string[], program = NAME): Promise<string> {
  const tar = spawn('tar', ['-C', folder, '-c', program], { ...OWN_GROUP, stdio: ['ignore', 'pipe', 'inherit'] });
  const stream = await docker.importImage(tar.stdout, { repo: NAME, tag, changes });
  await new Promise((resolve) => docker.modem.followProgress(stream, resolve));
  images.push(`${NAME}:${tag}`);
  return `${NAME}:${tag}`;
}

/** The image as it would be for another machine: what it says of itself is changed, in words of the same length. */
async function forOtherMachine(): Promise<string> {
  const saved = await buffer(await docker.getImage(`${NAME}:latest`).get());
  const [own, other] = process.arch === 'x64' ? ['amd64', 'arm64'] : ['arm64', 'amd64'];
  const text = saved.toString('latin1').replaceAll(`"architecture":"${own}"`, `"architecture":"${other}"`);
  const changed = Buffer.from(text.replaceAll(`${NAME}:latest`, `${NAME}:others`), 'latin1');
  const stream = await docker.loadImage(Readable.from([changed]));
  await new Promise((resolve) => docker.modem.followProgress(stream, resolve));
  images.push(`${NAME}:others`);
  return `${NAME}:others`;
}

const inImage = (more: Partial<ServiceNode> = {}): ServiceNode => ({
  kind: 'service',
  image: `${NAME}:latest`,
  command: ['{host}:{port}', '{worker}'],
  ask: asksFor('/born'),
  ...more,
});

const incarnationOf = (node: ClusterNode, incarnation: number): Promise<unknown> =>
  eventually(
    () => node.health(300),
    (health) => health.incarnation === incarnation,
  );

const states = (): readonly (string | undefined)[] => processesWith(PROGRAM).map((pid) => statOf(pid)?.state);

test('an image from scratch is a node: its clock is stepped from its first reading on, its user is its own', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  await using run = await runForTest({}, served(inImage()), STEP);
  const { cluster } = run;
  const [n1] = cluster.nodes as [ClusterNode];
  expect(cluster.versions).toMatchObject({ 'clocks by': 'vdso' });
  expect(readFileSync(`/proc/${processesWith(PROGRAM)[0]}/status`, 'utf8')).toMatch(/^Uid:\t65534\t/m);
  const { bite, samples } = await tryFault(cluster, clockStep, { node: 'n1', byMs: -3000 });
  expect(bite, JSON.stringify(samples)).toMatchObject({ bit: true });

  await n1.process.kill();
  expect(states()).toEqual([]);
  await n1.clock.set({ offsetMs: -3_600_000, rate: 1 });
  await n1.process.start();
  await incarnationOf(n1, 2);
  expect((await n1.health(1000)).clockDoubt).toBeUndefined();
  expect(Math.abs((await offsetInIds(n1)) + 3_600_000)).toBeLessThan(10_000);
}, 30_000);

test('whatever is done to a node reaches the image beside its recorder, and each ends with the other', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  await using run = await runForTest({}, served(inImage()));
  const [n1] = run.cluster.nodes as [ClusterNode];
  const { process: node } = n1;
  expect(await run.cluster.nodes[0]?.network.reaches('etcd1', 500)).toBe(true);
  await node.pause(60_000);
  expect(states()).toEqual(['T']);
  await node.resume();
  expect(await node.terminate(3000)).toBe('signalled');
  expect(states()).toEqual([]);
  expect(await node.alive()).toBe(false);
  await node.start();
  await incarnationOf(n1, 2);
  // By itself, as no fault has it: then the node is one that ended.
  process.kill(processesWith(PROGRAM)[0] as number, 'SIGTERM');
  await eventually(
    () => node.alive(),
    (alive) => !alive,
  );
  await node.start();
  await incarnationOf(n1, 3);
  expect(states()).toHaveLength(1);
}, 30_000);

test('a command of this machine runs in the image of the run', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  const program = join(folder, NAME);
  const command = [program, '{host}:{port}', '{worker}'];
  await using run = await runForTest({}, served({ kind: 'service', command, ask: asksFor('/id') }), STEP);
  const [n1] = run.cluster.nodes as [ClusterNode];
  await n1.clock.set({ offsetMs: -60_000, rate: 1 });
  expect((await n1.health(1000)).clockDoubt).toBeUndefined();
  expect(Math.abs((await offsetInIds(n1)) + 60_000)).toBeLessThan(5000);
  expect(await n1.process.terminate(3000)).toBe('exited');
  expect(processesWith(program)).toEqual([]);
}, 30_000);

test('what a service started does not outlive its recorder', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  const program = `./${NAME}`;
  const command = ['/bin/sh', '-c', `./${NAME} "$0" "$1"; exit`, '{host}:{port}', '{worker}'];
  await using run = await runForTest({}, served({ kind: 'service', command, folder, ask: asksFor('/id') }));
  const [n1] = run.cluster.nodes as [ClusterNode];
  const parentOf = (pid: number): number => statOf(pid)?.parent as number;
  process.kill(parentOf(parentOf(processesWith(program)[0] as number)), 'SIGKILL');
  await eventually(
    async () => processesWith(program),
    (left) => left.length === 0,
  );
  await n1.process.start();
  await incarnationOf(n1, 2);
  expect(processesWith(program)).toHaveLength(1);
}, 30_000);

test('an image that is a node itself taps as its own user, and a command of one does as the caller', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  const cwd = join(import.meta.dirname, '../../../examples/nodes/go');
  execFileSync('go', ['build', '-o', join(folder, 'node'), '.'], { cwd, env: { ...process.env, CGO_ENABLED: '0' } });
  const image = await importImage('node', ['CMD ["/node"]', 'USER 65534'], 'node');
  for (const node of [{ image }, { command: [join(folder, 'node')] }]) {
    await using run = await runForTest({}, served({ kind: 'native', ...node }), STEP);
    const [n1] = run.cluster.nodes as [ClusterNode];
    expect(n1.clock.backend).toBe('vdso');
    expect(await tryFault(run.cluster, clockStep, { node: 'n1', byMs: -3000 })).toMatchObject({ bite: { bit: true } });
    await minted(n1, 5);
    await n1.process.kill();
    await n1.process.start();
    expect(await minted(n1, 5)).toMatchObject({ incarnation: 2, count: 5 });
    const owners = readdirSync(run.cluster.tapFolder as string).map(
      (tap) => statSync(join(run.cluster.tapFolder as string, tap)).uid,
    );
    expect(new Set(owners)).toEqual(new Set(['image' in node ? 65_534 : process.getuid?.()]));
  }
}, 40_000);

test('a module of this machine is called in processes of the run, under its clock', async () => {
  const module = join(folder, 'ids.mjs');
  writeFileSync(
    module,
    'let n = 0n; export default () => (BigInt(Date.now() - 1288834974657) << 22n) | (n++ & 4095n);',
  );
  const source = served({ kind: 'module', module, lanes: 2, lanesAre: 'processes' });
  await using run = await runForTest({ clockTool: 'shim' }, source, STEP);
  const [n1] = run.cluster.nodes as [ClusterNode];
  await n1.clock.set({ offsetMs: -60_000, rate: 1 });
  expect((await n1.health(1000)).clockDoubt).toBeUndefined();
  expect(Math.abs((await offsetInIds(n1)) + 60_000)).toBeLessThan(5000);
}, 30_000);

test('what cannot run is told before anything starts, and leaves nothing', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  const refused = (node: Partial<ServiceNode>): Promise<unknown> =>
    runForTest({}, served(inImage(node))).catch((error: unknown) => error);
  const saying = (exitCode: number, message: RegExp): object =>
    expect.objectContaining({ exitCode, message: expect.stringMatching(message) as string }) as object;
  expect(await refused({ image: `${NAME}:none` })).toEqual(saying(3, /none is not on this machine/));
  const other = await forOtherMachine();
  expect(await refused({ image: other })).toEqual(saying(3, /is for linux\/a..64, and the engine runs linux\/a..64/));
  const { command: _, ...without } = inImage({ image: await importImage('empty', []) });
  expect(await runForTest({}, served(without)).catch((error: unknown) => error)).toEqual(saying(2, /has no command/));
  expect(await refused({ image: `${NAME}:empty`, command: ['nothing'] })).toEqual(saying(2, /it has no such program/));
  const python = served({ kind: 'service', command: ['no-such-python'], ask: asksFor('/id') });
  expect(await runForTest({}, python).catch((error: unknown) => error)).toEqual(
    saying(2, /no-such-python.*cannot be run in the image/s),
  );
  // It does not come up: its last words are in the message.
  expect(await refused({ command: ['nonsense', '1'] })).toEqual(
    saying(2, /latest: ended before it served: exit 1, .*nonsense: missing port in address/),
  );
  expect((await driver.leftovers()).flatMap(({ parts }) => parts).filter((part) => part.includes(NAME))).toEqual([]);
  expect(states()).toEqual([]);
}, 40_000);

/** A harness with such a cluster; says its run and waits to be killed. */
const harness = (node: ServiceNode): string => `
import { runForTest } from ${JSON.stringify(import.meta.resolve('./run-for-test.ts'))};
import { served } from ${JSON.stringify(import.meta.resolve('../agent/services-for-tests.ts'))};
const { cluster, runId, folder } = await runForTest({}, served(${JSON.stringify(node)}));
await cluster.nodes[0].process.pause(60_000);
console.log(JSON.stringify({ runId, folder }));
`;

test('of a harness that was killed with -9 no service goes on, and after a sweep nothing is left', async (context) => {
  if (GO_MISSING !== undefined) return context.skip(GO_MISSING);
  const child = spawn(process.execPath, ['--input-type=module', '-e', harness(inImage())], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { runId, folder: runFolder } = JSON.parse(line) as { runId: string; folder: string };
  expect(states()).toEqual(['T']);
  child.kill('SIGKILL');
  await eventually(
    async () => states(),
    (left) => left.length === 0,
    15_000,
  );
  expect(await driver.sweep(runId)).toContain(`container snowglobe-${runId}-n1-service`);
  expect(await partsOf(runId)).toEqual([]);
  rmSync(runFolder, { recursive: true });
}, 30_000);
