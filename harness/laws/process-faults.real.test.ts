/** Faults of processes on the real drivers: a cluster of each driver goes through all of them, one after another. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster } from '../core/cluster.ts';
import type { Evidence } from '../core/disturbance.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { createRng } from '../core/random.ts';
import { thisOwner } from '../engine/owner.ts';
import { loadDriver, loadFaults, loadGenerator } from '../registry.ts';
import { onRealDrivers } from './real-drivers.ts';

const faults = await loadFaults();
/** Long beside the time in which a node that is asked to end gives its worker ID back. */
const TTL_MS = 10_000;

onRealDrivers('faults of processes', (name) => {
  let cluster: Cluster;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'snowglobe-process-'));
    const driver = await loadDriver(name);
    const log = (): void => undefined;
    const signal = new AbortController().signal;
    await driver.prepare({ log, signal });
    cluster = await driver.launch(
      { nodes: 2, coordinatorMembers: 1, options: { pool: 2, ttlMs: TTL_MS } },
      {
        runId: randomBytes(4).toString('hex'),
        owner: thisOwner(),
        folder,
        generator: await loadGenerator('snowflake'),
        seed: '1',
        rng: createRng('1'),
        log,
        signal,
      },
    );
    await untilHeld(cluster, 2);
  });
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('terminate: a node ends by itself, and its owner key is gone long before its lease is over', async () => {
    const evidence = await carriedOut(cluster, 'terminate', { node: 'n1' });
    expect(evidence).toMatchObject({
      took: true,
      measured: { alive: [], answer: [], left: { n1: { ended: 'exited', ownerKeys: { held: 1, left: 0 } } } },
    });
    expect((evidence.measured['left'] as { n1: { afterMs: number } }).n1.afterMs).toBeLessThan(TTL_MS / 3);
    await untilHeld(cluster, 2);
  });

  test('slow-cpu: the kernel shows the share that was asked for, and all of it after the heal', async () => {
    const { took, measured } = await carriedOut(cluster, 'slow-cpu', { node: 'n1', percent: 10 });
    const ranPercent = Number(measured['ranPercent']);
    expect(took).toBe(true);
    // A node that is stopped and never continued ran for 0 %.
    expect(ranPercent).toBeGreaterThan(0);
    expect(ranPercent).toBeLessThan(30);
    expect(await nodeOf(cluster, 'n1').process.share(200)).toBe(100);
  });

  test('restart: another process runs, and answers as the next life', async () => {
    const before = (await healthOf(nodeOf(cluster, 'n2')))!.incarnation;
    expect((await carriedOut(cluster, 'restart', { node: 'n2' })).took).toBe(true);
    await untilAnswers(cluster, 'n2');
    expect((await healthOf(nodeOf(cluster, 'n2')))!.incarnation).toBe(before + 1);
  });

  test('start-at-once: the coordinator is emptied while no node lives, and all come back', async () => {
    const { took, measured } = await carriedOut(cluster, 'start-at-once', {});
    expect({ took, measured }).toEqual({ took: true, measured: { alive: [], answer: [], ownerKeys: 0 } });
    await untilHeld(cluster, 2);
  });
});

/** Injects it, measures it once, heals it, and measures that it is healed. */
async function carriedOut(cluster: Cluster, name: string, given: JsonObject): Promise<Evidence> {
  const fault = faults.get(name) as Fault;
  const options = fault.options.parse(given);
  const context: FaultContext = { key: `test/${name}`, plannedMs: 1000, notes: new Map() };
  await fault.inject(cluster, options, context);
  const evidence = await fault.observe(cluster, options, context);
  await fault.heal(cluster, options, context);
  expect((await fault.observe(cluster, options, context)).took).not.toBe(true);
  return evidence;
}

const untilAnswers = (cluster: Cluster, node: string): Promise<void> =>
  until(cluster, async () => (await healthOf(nodeOf(cluster, node))) !== undefined);

const untilHeld = (cluster: Cluster, count: number): Promise<void> =>
  until(cluster, async () => (await cluster.coordinator.owners(1000)).length === count);

async function until({ time }: Cluster, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = time.now() + 15e9;
  while (!(await holds())) {
    if (time.now() > giveUpAt) throw new Error('not within 15 s');
    await time.sleep(50);
  }
}
