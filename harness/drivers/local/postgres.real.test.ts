import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ability, Cluster } from '../../core/cluster.ts';
import { statusOf } from '../../core/observe.ts';
import { loadGenerator } from '../../registry.ts';
import { launchContext, mint, untilItMints } from './cluster.fixture.ts';
import driver from './driver.ts';

const RUN_ID = 'pgpgpgpg';
const SPEC = {
  nodes: 2,
  coordinator: 'postgres',
  coordinatorMembers: 1,
  options: { step: 50, prefetchAt: 0.1 },
} as const;

const SLOW_DISK: ReadonlySet<Ability> = new Set(['coordinator.slow-disk']);

let folder: string;
let cluster: Cluster;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-postgres-'));
  const context = {
    ...(await launchContext(RUN_ID, folder)),
    generator: await loadGenerator('segment'),
    needs: SLOW_DISK,
  };
  cluster = await driver.launch(SPEC, context);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(
    (await driver.leftovers()).filter(({ runId }) => runId === RUN_ID),
    [],
  );
});

test('nodes take ranges from a real PostgreSQL, and go on after it was stopped and killed', async () => {
  const [n1, n2] = cluster.nodes;
  const { coordinator, time } = cluster;
  const [member] = coordinator.members;
  expect(coordinator).toMatchObject({ name: 'postgres', version: expect.stringMatching(/^\d+\.\d+$/) as string });
  expect(member!.name).toBe('pg1');
  await untilItMints(cluster, n1!);
  await untilItMints(cluster, n2!);

  // All of its processes stand still: connections that were open get no answer either.
  await member!.process.pause(1000);
  expect(await statusOf(member!)).toBeUndefined();
  expect(await member!.process.alive()).toBe(true);
  for (let call = 0; call < 40; call++) await mint(n1!, 50);
  expect(await mint(n1!, 1)).toMatchObject({ status: 'refused', reason: 'empty' });
  await member!.process.resume();
  await untilItMints(cluster, n1!);

  await member!.process.kill();
  expect(await member!.process.alive()).toBe(false);
  expect(await statusOf(member!)).toBeUndefined();
  await member!.process.start();
  for (let call = 0; call < 40; call++) await mint(n2!, 50);
  await untilItMints(cluster, n2!, 10_000);
  await time.sleep(100);
  expect(await statusOf(member!)).toEqual({ leader: true, serving: true });
});

test('its disk is slow for as long as was asked', async () => {
  const { coordinator } = cluster;
  await coordinator.slowDisks(1000);
  expect(await coordinator.writeMs(5000)).toBeGreaterThanOrEqual(1000);
  await coordinator.slowDisks(0);
  expect(await coordinator.writeMs(5000)).toBeLessThan(1000);
});

test('what was stopped goes on when everything is healed', async () => {
  const [member] = cluster.coordinator.members;
  await member!.process.pause(1000);
  await cluster.healAll();
  expect((await statusOf(member!, 2000))?.serving).toBe(true);
});
