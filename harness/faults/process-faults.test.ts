/**
 * What is particular to faults of processes; what holds for all faults is in harness/laws/fault.laws.test.ts.
 */
import { expect, test } from 'vitest';
import type { Cluster } from '../core/cluster.ts';
import type { FaultContext } from '../core/fault.ts';
import { healthOf, nodeOf } from '../core/observe.ts';
import { launchSimulated } from '../laws/simulated-cluster.ts';
import restartStorm from './restart-storm.ts';
import rollingUpdate from './rolling-update.ts';
import scaleUp from './scale-up.ts';
import slowCpu from './slow-cpu.ts';
import startAtOnce from './start-at-once.ts';
import terminate from './terminate.ts';
import zoneDown from './zone-down.ts';

const context = (plannedMs = 3000): FaultContext => ({ key: 'slot/0', plannedMs, notes: new Map() });

async function settled(): Promise<Cluster> {
  const cluster = await launchSimulated();
  await cluster.time.sleep(2000);
  return cluster;
}

async function holders(cluster: Cluster): Promise<readonly string[]> {
  return (await cluster.coordinator.owners(500)).map(({ value }) => value.split('.')[0]!).toSorted();
}

async function answering(cluster: Cluster): Promise<number> {
  return (await Promise.all(cluster.nodes.map((node) => healthOf(node)))).filter((health) => health !== undefined)
    .length;
}

test('terminate: the node ends by itself and gives its worker ID back at once, long before its lease is over', async () => {
  await using cluster = await settled();
  expect(await holders(cluster)).toEqual(['n1', 'n2', 'n3']);
  const run = context();
  await terminate.inject(cluster, { node: 'n1', graceMs: 2000 }, run);
  expect(await holders(cluster)).toEqual(['n2', 'n3']);
  const { took, measured } = await terminate.observe(cluster, { node: 'n1', graceMs: 2000 }, run);
  expect({ took, measured }).toMatchObject({
    took: true,
    measured: { alive: [], answer: [], left: { n1: { ended: 'exited', ownerKeys: { held: 1, left: 0 } } } },
  });
});

test('terminate of a node that stands still outlasts its grace: it is killed, and that is not taken for an orderly end', async () => {
  await using cluster = await settled();
  await nodeOf(cluster, 'n1').process.pause(60_000);
  await cluster.time.sleep(100);
  const run = context();
  await terminate.inject(cluster, { node: 'n1', graceMs: 500 }, run);
  expect(await nodeOf(cluster, 'n1').process.alive()).toBe(false);
  expect(await terminate.observe(cluster, { node: 'n1', graceMs: 500 }, run)).toMatchObject({
    took: false,
    measured: { left: { n1: { ended: 'still running', ownerKeys: { held: 1, left: 1 } } } },
  });
});

test('terminate says so when the process was gone already', async () => {
  await using cluster = await settled();
  await nodeOf(cluster, 'n1').process.kill();
  await expect(terminate.inject(cluster, { node: 'n1', graceMs: 500 }, context())).rejects.toThrow(
    'n1 was not running',
  );
});

test('restart-storm is out of force when its kills have stopped', async () => {
  await using cluster = await settled();
  const options = { node: 'n1', everyMs: 200 };
  const run = context();
  await restartStorm.inject(cluster, options, run);
  await cluster.time.sleep(1500);
  const { took, measured } = await restartStorm.observe(cluster, options, run);
  expect(took).toBe(true);
  expect(measured['newProcesses']).toBeGreaterThan(0);
  // Its notes outlive its loop, as they would if it ended by itself.
  const { stopRepeating } = await import('../core/repeat.ts');
  await stopRepeating(run);
  await cluster.time.sleep(3000);
  expect((await restartStorm.observe(cluster, options, run)).took).toBe(false);
});

test('rolling-update: never more than one node is away, and each is replaced', async () => {
  await using cluster = await settled();
  const before = (await Promise.all(cluster.nodes.map((node) => healthOf(node)))).map((health) => health?.incarnation);
  const options = { nodes: ['n1', 'n2', 'n3'], everyMs: 400 };
  const run = context();
  await rollingUpdate.inject(cluster, options, run);
  let fewest = 3;
  for (let look = 0; look < 100; look++) {
    fewest = Math.min(fewest, await answering(cluster));
    await cluster.time.sleep(50);
  }
  await rollingUpdate.heal(cluster, options, run);
  await cluster.time.sleep(500);
  const after = (await Promise.all(cluster.nodes.map((node) => healthOf(node)))).map((health) => health?.incarnation);
  expect(fewest).toBe(2);
  expect(after.every((life, index) => life! > before[index]!)).toBe(true);
});

test('scale-up: the nodes are away for half the time, and then come together', async () => {
  await using cluster = await settled();
  const run = context(4000);
  const injected = scaleUp.inject(cluster, { nodes: ['n1', 'n2'] }, run);
  await cluster.time.sleep(1500);
  expect(await holders(cluster)).toEqual(['n3']);
  await injected;
  await cluster.time.sleep(1500);
  expect(await holders(cluster)).toEqual(['n1', 'n2', 'n3']);
});

test('slow-cpu: answers take longer, and the share that it gets is what was asked for', async () => {
  await using cluster = await settled();
  const answerMs = async (): Promise<number> => {
    const began = cluster.time.now();
    for (let call = 0; call < 100; call++)
      await new Promise((resolve) => nodeOf(cluster, 'n1').mint(2, 10_000, resolve));
    return (cluster.time.now() - began) / 1e6;
  };
  const whole = await answerMs();
  const options = { node: 'n1', percent: 10 };
  await slowCpu.inject(cluster, options);
  const slow = await answerMs();
  expect(slow).toBeGreaterThan(whole + 200);
  const { measured } = await slowCpu.observe(cluster, options);
  expect(Math.abs(Number(measured['ranPercent']) - 10)).toBeLessThanOrEqual(3);
  // A later life is as slow.
  await nodeOf(cluster, 'n1').process.kill();
  expect((await slowCpu.observe(cluster, options)).took).toBeUndefined();
  await nodeOf(cluster, 'n1').process.start();
  expect((await slowCpu.observe(cluster, options)).took).toBe(true);
});

test('zone-down takes a zone by its name, and refuses one that is not there', async () => {
  const shape = {
    nodes: ['n1', 'n2'],
    coordinatorMembers: ['etcd1', 'etcd2', 'etcd3'],
    zones: { a: { members: ['n1', 'etcd1'] } },
  };
  expect(zoneDown.refuses({ zone: 'a' }, shape)).toBeUndefined();
  expect(zoneDown.refuses({ zone: 'b' }, shape)).toBe('There is no zone b; the cluster has a.');
  expect(zoneDown.touches({ zone: 'a' }, shape)).toEqual(['process of n1', 'process of etcd']);
  expect(zoneDown.options.safeParse({}).success).toBe(false);
  expect(zoneDown.options.safeParse({ zone: 'a', members: ['n1'] }).success).toBe(false);
});

test('start-at-once empties the coordinator, and all nodes come back to it together', async () => {
  await using cluster = await settled();
  const run = context();
  await startAtOnce.inject(cluster, {}, run);
  expect(await holders(cluster)).toEqual([]);
  expect(await startAtOnce.observe(cluster)).toMatchObject({ took: true, measured: { ownerKeys: 0 } });
  await startAtOnce.heal(cluster, {}, run);
  await cluster.time.sleep(3000);
  expect(await holders(cluster)).toEqual(['n1', 'n2', 'n3']);
});
