import { expect, test } from 'vitest';
import type { Ability } from '../../core/cluster.ts';
import { statusOf } from '../../core/observe.ts';
import { loadGenerator } from '../../registry.ts';
import { eventually, mint, minting, runForTest } from './run-for-test.ts';

const SLOW_DISK: ReadonlySet<Ability> = new Set(['coordinator.slow-disk']);

test('nodes take ranges from a PostgreSQL in a container, and go on after it was stopped, killed and slowed', async () => {
  const generator = await loadGenerator('segment');
  await using run = await runForTest(
    { coordinator: 'postgres', options: { step: 50, prefetchAt: 0.1 } },
    generator,
    SLOW_DISK,
  );
  const [node] = run.cluster.nodes;
  const [member] = run.cluster.coordinator.members;
  expect(run.cluster.coordinator.version).toMatch(/^\d+\.\d+$/);
  await eventually(() => node!.health(500), minting);

  await member!.process.pause(1000);
  expect(await statusOf(member!)).toBeUndefined();
  for (let call = 0; call < 40; call++) await mint(node!, 50);
  expect(await mint(node!, 1)).toMatchObject({ status: 'refused', reason: 'empty' });
  await member!.process.resume();
  await eventually(
    () => mint(node!, 1),
    ({ status }) => status === 'ok',
  );

  await member!.process.kill();
  expect(await member!.process.alive()).toBe(false);
  await member!.process.start();
  for (let call = 0; call < 40; call++) await mint(node!, 50);
  await eventually(
    () => mint(node!, 1),
    ({ status }) => status === 'ok',
    15_000,
  );
  expect((await statusOf(member!, 2000))?.serving).toBe(true);

  const { coordinator } = run.cluster;
  await coordinator.slowDisks(1000);
  expect(await coordinator.writeMs(5000)).toBeGreaterThanOrEqual(1000);
  await coordinator.slowDisks(0);
  expect(await coordinator.writeMs(5000)).toBeLessThan(1000);
});
