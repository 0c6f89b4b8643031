/**
 * What every fault of links must keep, tried on real pods: one cluster on each driver, with as many coordinator members as
 * a ring takes. What the kernel cannot do is not tried, and told.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster, Member } from '../core/cluster.ts';
import type { Evidence } from '../core/disturbance.ts';
import type { Fault, FaultContext } from '../core/fault.ts';
import { statusOf } from '../core/observe.ts';
import { createRng } from '../core/random.ts';
import { thisOwner } from '../engine/owner.ts';
import { msToNs } from '../core/time.ts';
import { loadDriver, loadFaults, loadGenerator } from '../registry.ts';
import { insidePod } from './inside-pod.ts';
import { leftoversOf } from './leftovers.ts';
import { onRealDrivers } from './real-drivers.ts';

const SPEC = { nodes: 3, coordinatorMembers: 5, options: { pool: 3, ttlMs: 5000 } };
/** So often a fault is measured in force: first right after the inject, last right before the heal. */
const MEASUREMENTS = 2;
/** What measures nothing on a busy machine is measured again, until then. */
const HOLDS_AT_MOST_MS = 8000;
/** Who is not has no rules on the machine. */
const IS_ROOT = process.getuid?.() === 0;

const ofLinks = [...(await loadFaults()).values()].filter(
  ({ disturbs, needs }) => disturbs.includes('link') && !needs.includes('hook'),
);

onRealDrivers('faults of links', async (name) => {
  const driver = await loadDriver(name);
  const { abilities } = await driver.readiness();
  const possible = ofLinks.filter(({ needs }) => needs.every((need) => abilities.has(need)));
  const runId = randomBytes(4).toString('hex');
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-links-'));
  let cluster: Cluster;
  let before: readonly string[];

  beforeAll(async () => {
    const signal = new AbortController().signal;
    const log = (): void => undefined;
    await driver.prepare({ log, signal });
    const generator = await loadGenerator('snowflake');
    const context = { runId, owner: thisOwner(), folder, generator, seed: '1', rng: createRng('1'), log, signal };
    cluster = await driver.launch(SPEC, context);
    insidePod(name, runId, 'n1', 'nft', somebodysRules('other', 'hook input priority 0'));
    if (IS_ROOT) execFileSync('nft', [somebodysRules(`other_${runId}`)]);
    before = foreign();
  }, 60_000);

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
    if (IS_ROOT) execFileSync('nft', ['delete', 'table', 'inet', `other_${runId}`]);
    expect(leftoversOf(runId)).toEqual([]);
  }, 30_000);

  /** What somebody else has in the pod of n1, and on the machine: with handles, for what is put back has another. */
  const foreign = (): readonly string[] => [
    insidePod(name, runId, 'n1', 'nft', '-a', 'list', 'table', 'inet', 'other'),
    ...(IS_ROOT ? [execFileSync('nft', ['-a', 'list', 'table', 'inet', `other_${runId}`], { encoding: 'utf8' })] : []),
  ];

  test('tells which of them it cannot do here', () => {
    const missing = ofLinks.filter((fault) => !possible.includes(fault)).map((fault) => fault.name);
    if (missing.length > 0) process.stderr.write(`not run: ${missing.join(', ')} on ${name}: see snowglobe doctor\n`);
    expect(missing.filter((fault) => fault !== 'latency')).toEqual([]);
  });

  test.each(possible)('$name is measured in force from inject to heal', { timeout: 25_000 }, async (fault: Fault) => {
    const options = fault.options.parse(fault.example);
    const run: FaultContext = { key: 'slot/0-law', plannedMs: HOLDS_AT_MOST_MS, notes: new Map() };
    expect((await fault.observe(cluster, options, run)).took).not.toBe(true);
    const seen: Evidence[] = [];
    const known = (): readonly Evidence[] => seen.filter(({ took }) => took !== undefined);
    try {
      await fault.inject(cluster, options, run);
      const giveUpAt = cluster.time.now() + msToNs(HOLDS_AT_MOST_MS);
      while (known().length < MEASUREMENTS && cluster.time.now() < giveUpAt) {
        if (seen.length > 0) await cluster.time.sleep(100);
        seen.push(await fault.observe(cluster, options, run));
      }
    } finally {
      await fault.heal(cluster, options, run);
    }
    expect(known().map(({ took }) => took)).toEqual(Array.from({ length: MEASUREMENTS }, () => true));
    await expectWhole(cluster);
    expect((await fault.observe(cluster, options, run)).took).toBe(false);
    expect(foreign()).toEqual(before);
  });

  test('what somebody else has there and on the machine stays, also when all is healed and swept', async () => {
    await cluster.nodes[0]?.network.cut('left', ['etcd1']);
    await cluster.healAll();
    expect(foreign()).toEqual(before);
    await driver.sweep(runId);
    expect(leftoversOf(runId)).toEqual([]);
    if (IS_ROOT)
      expect(execFileSync('nft', ['-a', 'list', 'table', 'inet', `other_${runId}`], { encoding: 'utf8' })).toBe(
        before[1],
      );
  });
});

/** A table with a set and a rule that use the names that snowglobe uses. */
function somebodysRules(table: string, hook = ''): string {
  const chain = hook === '' ? '{ }' : `{ type filter ${hook}; }`;
  return `add table inet ${table}; add chain inet ${table} input ${chain}; add set inet ${table} on_drop { type ipv4_addr; }; add element inet ${table} on_drop { 203.0.113.7 }; add rule inet ${table} input ip saddr @on_drop drop`;
}

/** Everybody reaches everybody, every member serves: now, or after an election. */
async function expectWhole(cluster: Cluster): Promise<void> {
  const giveUpAt = cluster.time.now() + msToNs(6000);
  let wrong = await complaints(cluster);
  while (wrong.length > 0 && cluster.time.now() < giveUpAt) {
    await cluster.time.sleep(100);
    wrong = await complaints(cluster);
  }
  expect(wrong).toEqual([]);
}

async function complaints({ nodes, coordinator }: Cluster): Promise<readonly string[]> {
  const all: readonly Member[] = [...nodes, ...coordinator.members];
  const links = all.flatMap((from) => all.filter((to) => to !== from).map((to) => ({ from, to })));
  const reached = await Promise.all(links.map(({ from, to }) => from.network.reaches(to.name, 500)));
  const statuses = await Promise.all(coordinator.members.map((member) => statusOf(member)));
  return [
    ...links.filter((_, index) => !reached[index]).map(({ from, to }) => `${from.name} does not reach ${to.name}`),
    ...coordinator.members
      .filter((_, index) => statuses[index]?.serving !== true)
      .map((member) => `${member.name} does not serve`),
  ];
}
