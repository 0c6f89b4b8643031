/**
 * A harness of its own for tests: launches a small cluster, lets a node mint, says so, and waits for the end of its
 * input. `node cluster.fixture.ts RUN_ID FOLDER`.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cluster, ClusterNode, ClusterSpec, MintReply } from '../../core/cluster.ts';
import type { LaunchContext } from '../../core/driver.ts';
import { NS_PER_MS } from '../../core/time.ts';
import { createRng } from '../../core/random.ts';
import type { Generator } from '../../core/generator.ts';
import driver from './driver.ts';

export const SPEC: ClusterSpec = { nodes: 2, coordinatorMembers: 1, options: { pool: 2, ttlMs: 2000 } };

const GENERATOR = new URL('../../../generators/snowflake.ts', import.meta.url);

export async function launchContext(runId: string, folder: string): Promise<LaunchContext> {
  const { default: generator } = (await import(GENERATOR.href)) as { default: Generator };
  return {
    runId,
    folder,
    // Whether an owner lives is for the engine to tell; the driver only keeps it.
    owner: { machineId: 'm', bootId: 'b', pidNamespace: '', pid: process.pid, startTicks: '0' },
    generator: { generator, file: fileURLToPath(GENERATOR) },
    seed: '1',
    rng: createRng('1'),
    log: () => undefined,
    signal: new AbortController().signal,
  };
}

export const mint = (node: ClusterNode, count: number, timeoutMs = 1000): Promise<MintReply> =>
  new Promise((resolve) => node.mint(count, timeoutMs, resolve));

/** Asks until the node mints: it needs a worker ID first, then a bound. */
export async function untilItMints({ time }: Cluster, node: ClusterNode, withinMs = 10_000): Promise<MintReply> {
  const end = time.now() + withinMs * NS_PER_MS;
  for (;;) {
    const reply = await mint(node, 10, 300);
    if (reply.status === 'ok') return reply;
    if (time.now() > end) throw new Error(`${node.name} does not mint: ${reply.status}, ${reply.reason}`);
    await time.sleep(20);
  }
}

if (import.meta.main) {
  const [runId, folder] = process.argv.slice(2) as [string, string];
  await using cluster: Cluster = await driver.launch(SPEC, await launchContext(runId, folder));
  const [node] = cluster.nodes as [ClusterNode];
  console.log(JSON.stringify(await untilItMints(cluster, node)));
  process.stdin.resume();
  await once(process.stdin, 'end');
}
