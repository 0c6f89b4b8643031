import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import driver from './driver.ts';
import { eventually, partsOf } from './run-for-test.ts';

/** A harness with a cluster that it cut and paused; says its run and waits to be killed. */
const HARNESS = `
import { runForTest } from ${JSON.stringify(import.meta.resolve('./run-for-test.ts'))};
const { cluster, runId, folder } = await runForTest();
await cluster.nodes[0].network.cut('a', ['etcd1']);
await cluster.nodes[0].process.pause(60_000);
console.log(JSON.stringify({ runId, folder }));
`;

test('of a harness that was killed with -9 no pod is left, and after a sweep nothing', async () => {
  const harness = spawn(process.execPath, ['--input-type=module', '-e', HARNESS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: harness.stdout }), 'line')) as [string];
  const { runId, folder } = JSON.parse(line) as { runId: string; folder: string };
  expect((await partsOf(runId)).length).toBe(6);

  harness.kill('SIGKILL');
  const left = await eventually(
    () => partsOf(runId),
    (parts) => !parts.some((part) => part.endsWith('-pod')),
  );
  expect([...left].sort()).toEqual([
    `container snowglobe-${runId}-etcd1`,
    `container snowglobe-${runId}-n1`,
    `network snowglobe-${runId}-control`,
    `network snowglobe-${runId}-data`,
  ]);

  expect([...(await driver.sweep(runId))].sort()).toEqual([...left].sort());
  expect(await partsOf(runId)).toEqual([]);
  await rm(folder, { recursive: true });
}, 30_000);
