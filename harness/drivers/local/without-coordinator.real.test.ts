/** A local cluster that has no coordinator: nothing of one is started, and all that is done to nodes is done as ever. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { trueUnixMs } from '../../core/time.ts';
import { loadGenerator } from '../../registry.ts';
import { launchContext, untilItMints } from './cluster.fixture.ts';
import driver from './driver.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('nodes mint, are killed and started, cut and skewed, and no member of a coordinator is there', async () => {
  const generator = await loadGenerator('uuidv7');
  const spec = { nodes: 2, coordinatorMembers: 0, options: {} };
  const context = { ...(await launchContext(randomBytes(4).toString('hex'), folder)), generator };
  await using cluster = await driver.launch(spec, context);
  const [n1, n2] = cluster.nodes as [(typeof cluster.nodes)[0], (typeof cluster.nodes)[0]];

  expect(await untilItMints(cluster, n1)).toMatchObject({ incarnation: 1, count: 10 });
  expect(readdirSync(join(folder, 'logs')).toSorted()).toEqual(['n1.log', 'n2.log', 'supervisor.log']);
  expect(cluster.coordinator.members).toEqual([]);
  expect(cluster.versions).not.toHaveProperty('etcd');
  await expect(cluster.coordinator.revision(500)).rejects.toThrow('the cluster has no coordinator');

  await n1.process.kill();
  await n2.network.cut('law', ['n1']);
  expect(await n2.network.reaches('n1', 400)).toBe(false);
  await n2.clock.set({ offsetMs: -3_600_000, rate: 1 });
  const { wallMs, at } = await n2.health(1000);
  expect(wallMs - trueUnixMs(cluster.origin, at)).toBeLessThan(-3_500_000);

  await cluster.healAll();
  expect(await n2.network.reaches('n1', 400)).toBe(true);
  expect(await untilItMints(cluster, n1)).toMatchObject({ incarnation: 2 });
  await untilItMints(cluster, n2);
});
