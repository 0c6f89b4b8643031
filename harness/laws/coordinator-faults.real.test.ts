/** Faults of the coordinator on the real drivers: a cluster of each driver goes through all of them, one after another. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster, OwnerEvent } from '../core/cluster.ts';
import type { Evidence } from '../core/disturbance.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { statusOf } from '../core/observe.ts';
import { createRng } from '../core/random.ts';
import type { Rollback } from '../core/rollback.ts';
import { msToNs } from '../core/time.ts';
import { thisOwner } from '../engine/owner.ts';
import { loadDriver, loadFaults, loadGenerator } from '../registry.ts';
import { onRealDrivers } from './real-drivers.ts';

const faults = await loadFaults();
const MEMBERS = ['etcd1', 'etcd2', 'etcd3'];
const NODES = 2;

onRealDrivers('faults of the coordinator', (name) => {
  let cluster: Cluster;
  let folder: string;
  const events: OwnerEvent[] = [];
  const rollbacks: Rollback[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'snowglobe-etcd-'));
    const driver = await loadDriver(name);
    const log = (): void => undefined;
    const signal = new AbortController().signal;
    await driver.prepare({ log, signal });
    cluster = await driver.launch(
      { nodes: NODES, coordinatorMembers: MEMBERS.length, options: { pool: NODES, ttlMs: 5000 } },
      {
        runId: randomBytes(4).toString('hex'),
        owner: thisOwner(),
        folder,
        generator: await loadGenerator('snowflake'),
        seed: '1',
        rng: createRng('1'),
        log,
        signal,
        needs: new Set(['coordinator.slow-disk']),
      },
    );
    cluster.coordinator.watchOwners(
      (event) => events.push(event),
      (rollback) => rollbacks.push(rollback),
    );
    await untilHeld(cluster);
  });
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['etcd-member-kill', { member: 'etcd1' }, { chosen: ['etcd1'], alive: ['etcd2', 'etcd3'] }],
    ['etcd-quorum-loss', {}, { chosen: ['etcd1', 'etcd2'], alive: ['etcd3'], serving: [] }],
    ['etcd-kill-all', {}, { chosen: MEMBERS, alive: [], serving: [] }],
    ['etcd-pause-all', {}, { chosen: MEMBERS, alive: MEMBERS, serving: [] }],
    ['etcd-stop-all', {}, { chosen: MEMBERS, alive: [], serving: [] }],
  ])('%s', async (fault, options, measured) => {
    const evidence = await carriedOut(cluster, fault, options);
    expect(evidence).toMatchObject({ took: true, measured });
  });

  test('etcd-disk-slow: every member finds its own disk as slow as was asked, and no slower', async () => {
    const { took, measured } = await carriedOut(cluster, 'etcd-disk-slow', { byMs: 250 });
    expect(took).toBe(true);
    for (const member of MEMBERS) {
      expect(measured[`${member}Ms`]).toBeGreaterThanOrEqual(250);
      expect(measured[`${member}Ms`]).toBeLessThan(500);
    }
  });

  test.each([
    ['etcd-leader-kill', MEMBERS.length - 1],
    ['etcd-leader-pause', MEMBERS.length],
  ])('%s: one member is chosen, which led', async (fault, alive) => {
    const { took, measured } = await carriedOut(cluster, fault, {});
    expect({
      took,
      chosen: (measured['chosen'] as string[]).length,
      alive: (measured['alive'] as string[]).length,
    }).toEqual({ took: true, chosen: 1, alive });
  });

  test('lease-expire: the owner key is gone while the node lives, and the node takes a worker ID again', async () => {
    await untilHeld(cluster);
    const evidence = await carriedOut(cluster, 'lease-expire', { node: 'n1' });
    expect(evidence).toMatchObject({ took: true, measured: { ownerKey: false, alive: true } });
    await untilHeld(cluster);
  });

  test('etcd-restore-snapshot: the revision goes back, and whoever watches is told, with what is different', async () => {
    await untilHeld(cluster);
    const { took, measured } = await carriedOut(cluster, 'etcd-restore-snapshot', { ageMs: 2500 });
    expect(took).toBe(true);
    expect(BigInt(measured['lowest'] as string)).toBeLessThan(BigInt(measured['before'] as string));
    await until(cluster, async () => rollbacks.length === 1);
    expect(BigInt(rollbacks[0]!.revision)).toBeLessThan(BigInt(rollbacks[0]!.before));
    expect(rollbacks[0]!.from).toBeLessThanOrEqual(rollbacks[0]!.at);
    expect(rollbacks[0]!.since).toBeLessThan(rollbacks[0]!.at - msToNs(2500));
    await untilHeld(cluster);
    const owners = await cluster.coordinator.owners(1000);
    const live = new Map<number, string>();
    await until(cluster, async () => {
      live.clear();
      for (const { what, workerId, createRevision } of events)
        if (what === 'acquired') live.set(workerId, createRevision);
        else live.delete(workerId);
      return live.size === owners.length;
    });
    expect(live).toEqual(new Map(owners.map(({ workerId, createRevision }) => [workerId, createRevision])));
  });
});

/** Injects it, measures it once, heals it, waits until all members serve, and measures that it is healed. */
async function carriedOut(cluster: Cluster, name: string, given: JsonObject): Promise<Evidence> {
  const fault = faults.get(name) as Fault;
  const options = fault.options.parse(given);
  const context: FaultContext = { key: `test/${name}`, plannedMs: 1000, notes: new Map() };
  await fault.inject(cluster, options, context);
  const evidence = await fault.observe(cluster, options, context);
  await fault.heal(cluster, options, context);
  await until(cluster, async () => {
    const statuses = await Promise.all(cluster.coordinator.members.map((member) => statusOf(member)));
    return statuses.every((status) => status?.serving === true);
  });
  expect((await fault.observe(cluster, options, context)).took).toBe(false);
  return evidence;
}

const untilHeld = (cluster: Cluster): Promise<void> =>
  until(cluster, async () => {
    const owners = await cluster.coordinator.owners(1000).catch(() => []);
    return owners.length === NODES;
  });

async function until({ time }: Cluster, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = time.now() + 15e9;
  while (!(await holds())) {
    if (time.now() > giveUpAt) throw new Error('not within 15 s');
    await time.sleep(50);
  }
}
