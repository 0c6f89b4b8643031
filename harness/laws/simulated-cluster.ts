/**
 * A small simulated cluster for tests of what acts on clusters.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, ClusterSpec } from '../core/cluster.ts';
import type { Hooks } from '../core/hooks.ts';
import { createRng } from '../core/random.ts';
import { hooksOf } from '../drivers/remote/hooks.ts';
import { beginTrace, endTrace } from '../drivers/remote/traces.ts';
import type { VirtualTime } from '../drivers/sim/virtual-time.ts';
import { thisOwner } from '../engine/owner.ts';
import { loadDriver, loadGenerator } from '../registry.ts';

/**
 * Three nodes on a pool of three worker IDs, as many coordinator members as asked for; time stands still until the test
 * waits for something. `other`: what else is to be different.
 */
export async function launchSimulated(
  coordinatorMembers = 3,
  other: Partial<ClusterSpec> = {},
  name = 'snowflake',
): Promise<Cluster> {
  const [driver, generator] = await Promise.all([loadDriver('sim'), loadGenerator(name)]);
  const runId = `laws${randomBytes(2).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-laws-'));
  const cluster = await driver.launch(
    { nodes: 3, coordinatorMembers, options: { pool: 3, ttlMs: 5000 }, ...other },
    {
      runId,
      owner: thisOwner(),
      folder,
      generator,
      seed: '1',
      rng: createRng('1'),
      log: () => {},
      signal: new AbortController().signal,
    },
  );
  const dispose = cluster[Symbol.asyncDispose].bind(cluster);
  return Object.assign(cluster, {
    hooks: standingStill(cluster, hooksOf(runId, beginTrace(runId, thisOwner()).folder)),
    [Symbol.asyncDispose]: async () => {
      await dispose();
      endTrace(runId);
      rmSync(folder, { recursive: true });
    },
  });
}

/** Real commands take no virtual time. */
function standingStill({ time }: Cluster, hooks: Hooks): Hooks {
  return {
    ...hooks,
    run: (command, timeoutMs) => (time as VirtualTime).standStill(() => hooks.run(command, timeoutMs)),
  };
}
