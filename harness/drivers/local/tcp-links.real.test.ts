/**
 * A local cluster without namespaces: every fault of links over it, what it leaves, and a scenario from the command line.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Cluster, ClusterNode, Member } from '../../core/cluster.ts';
import type { Evidence } from '../../core/disturbance.ts';
import type { Fault, FaultContext } from '../../core/fault.ts';
import { msToNs } from '../../core/time.ts';
import { passedUnlessBusy } from '../../laws/busy-run.ts';
import { readRun, runFolder, snowglobe } from '../../laws/cli-process.ts';
import { leftoversOf } from '../../laws/leftovers.ts';
import { loadFaults } from '../../registry.ts';
import { LINKS_VARIABLE } from './chosen-links.ts';
import { launchContext, SPEC, untilItMints } from './cluster.fixture.ts';
import driver from './driver.ts';
import { processesOf, removeSharedMemory } from './run-processes.ts';

const FIXTURE = join(import.meta.dirname, 'cluster.fixture.ts');
const BRIEF = join(import.meta.dirname, '../../laws/fixtures/brief.json');
const HOLDS_MS = 600;

const ofLinks = [...(await loadFaults()).values()].filter(
  ({ disturbs, needs }) => disturbs.includes('link') && !needs.includes('hook'),
);
const newRunId = (): string => randomBytes(4).toString('hex');

/** Files that libfaketime made for a process. */
const sharedMemory = (pid: number): readonly string[] =>
  readdirSync('/dev/shm').filter(
    (file) => file.endsWith(`faketime_shm_${pid}`) || file.endsWith(`faketime_sem_${pid}`),
  );

beforeAll(() => void vi.stubEnv(LINKS_VARIABLE, 'tcp'));
afterAll(() => void vi.unstubAllEnvs());

describe('one cluster', async () => {
  vi.stubEnv(LINKS_VARIABLE, 'tcp');
  const { problems, abilities } = await driver.readiness();
  const possible = ofLinks.filter(({ needs }) => needs.every((need) => abilities.has(need)));
  const runId = newRunId();
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  let cluster: Cluster;
  let n1: ClusterNode;

  beforeAll(async () => {
    const spec = { nodes: 3, coordinatorMembers: 5, options: { pool: 3, ttlMs: 5000 } };
    cluster = await driver.launch(spec, await launchContext(runId, folder));
    [n1] = cluster.nodes as [ClusterNode];
    await untilItMints(cluster, n1);
  }, 30_000);

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
    expect(leftoversOf(runId)).toEqual([]);
  });

  test('is ready, refuses loss only, and says what its links are', async () => {
    expect(problems).toEqual([]);
    expect(ofLinks.filter((fault) => !possible.includes(fault)).map(({ name }) => name)).toEqual(['loss']);
    expect(cluster.versions['links']).toContain('no network namespaces');
    const loss = n1.network.trouble('k', ['etcd1'], { what: 'loss', percent: 30 });
    await expect(loss).rejects.toThrow('loses nothing');
    await expect(n1.network.cut('k', ['n9'])).rejects.toThrow('there is no n9 in this cluster');
  });

  test.each(possible)('$name is measured in force from inject to heal', { timeout: 15_000 }, async (fault: Fault) => {
    const options = fault.options.parse(fault.example);
    const run: FaultContext = { key: 'slot/0-law', plannedMs: HOLDS_MS, notes: new Map() };
    expect((await fault.observe(cluster, options, run)).took).not.toBe(true);
    const seen: Evidence[] = [];
    try {
      await fault.inject(cluster, options, run);
      const until = cluster.time.now() + msToNs(HOLDS_MS);
      while (cluster.time.now() < until) {
        seen.push(await fault.observe(cluster, options, run));
        await cluster.time.sleep(100);
      }
    } finally {
      await fault.heal(cluster, options, run);
    }
    const known = seen.filter(({ took }) => took !== undefined);
    expect(known.length).toBeGreaterThan(0);
    expect(known.filter(({ took }) => took !== true)).toEqual([]);
    await expect.poll(() => complaints(cluster), { timeout: 6000 }).toEqual([]);
    expect((await fault.observe(cluster, options, run)).took).toBe(false);
  });

  test('a cut that ends behind the back of its fault shows in the measurement', async () => {
    const fault = ofLinks.find(({ name }) => name === 'cut-from-etcd') as Fault;
    const options = fault.options.parse(fault.example);
    const run: FaultContext = { key: 'k', plannedMs: HOLDS_MS, notes: new Map() };
    await fault.inject(cluster, options, run);
    expect((await fault.observe(cluster, options, run)).took).toBe(true);
    await cluster.healAll();
    expect((await fault.observe(cluster, options, run)).took).toBe(false);
  });

  test('links are in use where somebody talks: node to member, member to member, and not node to node', async () => {
    const [etcd1] = cluster.coordinator.members as readonly Member[] as readonly [Member];
    expect(await etcd1.network.talks('etcd2')).toBe(true);
    expect(await n1.network.talks('n2')).toBe(false);
    // The cut of the test before has just been healed: the node dials again after a pause of its own.
    const talks = (): Promise<boolean[]> =>
      Promise.all(cluster.coordinator.members.map(({ name }) => n1.network.talks(name)));
    await expect.poll(talks, { timeout: 6000 }).toContain(true);
  });

  test('cut from a majority, a leader leads no more: nothing that members say to one another goes past the links', async () => {
    const { members } = cluster.coordinator;
    const names = members.map(({ name }) => name);
    const serving = async (): Promise<number> =>
      (await Promise.all(members.map((each) => each.status(500).catch(() => undefined)))).filter(
        (status) => status?.serving,
      ).length;
    for (const member of members)
      await member.network.cut(
        'all',
        names.filter((name) => name !== member.name),
      );
    await expect.poll(serving, { timeout: 5000 }).toBe(0);
    await cluster.healAll();
    await expect.poll(serving, { timeout: 8000 }).toBe(members.length);
  });
});

async function complaints({ nodes, coordinator }: Cluster): Promise<readonly string[]> {
  const all: readonly Member[] = [...nodes, ...coordinator.members];
  const links = all.flatMap((from) => all.filter((to) => to !== from).map((to) => ({ from, to })));
  const reached = await Promise.all(links.map(({ from, to }) => from.network.reaches(to.name, 500)));
  const statuses = await Promise.all(coordinator.members.map((member) => member.status(500).catch(() => undefined)));
  return [
    ...links.filter((_, index) => !reached[index]).map(({ from, to }) => `${from.name} does not reach ${to.name}`),
    ...statuses.flatMap((status, index) => (status?.serving === true ? [] : [`member ${index + 1} does not serve`])),
  ];
}

describe('runs on one machine', () => {
  test('two side by side know nothing of one another', { timeout: 40_000 }, async () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'snowglobe-test-')));
    const runs = [newRunId(), newRunId()];
    const [one, two] = (await Promise.all(
      runs.map(async (runId, index) => driver.launch(SPEC, await launchContext(runId, folders[index] as string))),
    )) as readonly Cluster[] as readonly [Cluster, Cluster];
    try {
      const [a, b] = [one.nodes[0], two.nodes[0]] as [ClusterNode, ClusterNode];
      await a.network.cut('k', ['etcd1']);
      await a.process.kill();
      expect(await a.network.reaches('etcd1', 200)).toBe(false);
      expect(await b.network.reaches('etcd1', 500)).toBe(true);
      expect(await b.process.alive()).toBe(true);
      expect((await driver.sweep(runs[0] as string)).join()).toContain('process');
      expect(leftoversOf(runs[0] as string)).toEqual([]);
      await untilItMints(two, b);
    } finally {
      await one[Symbol.asyncDispose]();
      await two[Symbol.asyncDispose]();
      for (const folder of folders) rmSync(folder, { recursive: true });
    }
    expect(leftoversOf(runs[1] as string)).toEqual([]);
  });

  test.each(['the harness', 'its supervisor'])('%s killed leaves no process', { timeout: 40_000 }, async (who) => {
    const runId = newRunId();
    const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
    const harness = spawn(process.execPath, [FIXTURE, runId, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await Promise.race([once(harness.stdout, 'data'), once(harness, 'exit')]);
      const nodes = processesOf(runId).filter((pid) => sharedMemory(pid).length > 0);
      expect(nodes.length).toBe(SPEC.nodes);
      const victim = who === 'the harness' ? (harness.pid as number) : supervisorOf(runId);
      process.kill(victim, 'SIGKILL');
      const others = (): readonly string[] =>
        leftoversOf(runId).filter((line) => !line.startsWith(`process ${harness.pid}:`));
      await expect.poll(others, { timeout: 3000 }).toEqual([]);
      harness.kill('SIGKILL');
      const left = (await driver.leftovers()).find((run) => run.runId === runId);
      expect(left?.parts.every((part) => part.startsWith('folder '))).toBe(true);
      expect(await driver.sweep(runId)).toEqual(left?.parts);
      // Of what the kernel ended alone nobody knows the names.
      if (who === 'the harness') expect(nodes.flatMap(sharedMemory)).toEqual([]);
      for (const pid of nodes) removeSharedMemory(pid);
    } finally {
      harness.kill('SIGKILL');
      await driver.sweep(runId);
      rmSync(folder, { recursive: true });
    }
  });

  function supervisorOf(runId: string): number {
    const found = readdirSync('/proc').find((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'latin1');
        return read('environ').includes(runId) && read('cmdline').includes('supervisor');
      } catch {
        return false; // ended meanwhile
      }
    });
    return Number(found);
  }
});

describe('from the command line', () => {
  const root = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
  afterAll(() => rmSync(root, { recursive: true }));

  test('a scenario that needs loss is refused before anything starts', { timeout: 30_000 }, async () => {
    const { code, stdout, stderr } = await snowglobe(['run', 'lossy-link', '--driver', 'local', '--runs', root]).ended;
    expect(stdout + stderr).toContain('The driver local cannot drop a share of the packets');
    expect(code).toBe(3);
    expect(readdirSync(root)).toEqual([]);
  });

  test(
    'snowflake is cut from etcd and keeps its promises; the record tells of the links',
    { timeout: 60_000 },
    async () => {
      const brief = JSON.parse(readFileSync(BRIEF, 'utf8')) as object;
      const disturbances = [{ fault: 'cut-from-etcd', options: { node: 'n1' }, atMs: 0, forMs: 2000 }];
      const timetable = { order: 'given', slots: [{ name: 'cut', lengthMs: 4500, disturbances }] };
      const scenario = join(root, 'cut.json');
      const runs = join(root, 'runs');
      writeFileSync(scenario, JSON.stringify({ ...brief, name: 'cut', timetable }));
      await snowglobe(['run', scenario, '--driver', 'local', '--runs', runs, '--seed', '1']).ended;
      const run = readRun(await runFolder(runs));
      expect(run.measured.versions['links']).toContain('no network namespaces');
      expect(run.disturbances.map(({ missed }) => missed)).toEqual([undefined]);
      expect(run.evidence.stored).toBe(run.evidence.minted);
      passedUnlessBusy('cut on local', run);
    },
  );
});
