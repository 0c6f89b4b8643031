/**
 * A run in a folder of its own, for the tests of this driver. Disposing of it proves that it leaves nothing behind.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ability, Cluster, ClusterSpec, MintReply, NodeHealth } from '../../core/cluster.ts';
import type { GeneratorSource } from '../../core/driver.ts';
import type { Generator } from '../../core/generator.ts';
import { createRng } from '../../core/random.ts';
import driver from './driver.ts';

const SNOWFLAKE_FILE = join(import.meta.dirname, '../../../generators/snowflake.ts');

export const SNOWFLAKE: GeneratorSource = {
  generator: ((await import(SNOWFLAKE_FILE)) as { readonly default: Generator }).default,
  file: SNOWFLAKE_FILE,
};

/** Of another machine: a `heal` that runs meanwhile leaves these runs alone. */
const OWNER = { machineId: 'test', bootId: '', pidNamespace: '', pid: process.pid, startTicks: '' };

export interface TestRun extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly runId: string;
  readonly folder: string;
}

export async function runForTest(
  spec: Partial<ClusterSpec> = {},
  generator = SNOWFLAKE,
  needs: ReadonlySet<Ability> = new Set(),
): Promise<TestRun> {
  const runId = randomBytes(4).toString('hex');
  const folder = await mkdtemp(join(tmpdir(), 'snowglobe-test-'));
  const context = {
    runId,
    folder,
    generator,
    needs,
    owner: OWNER,
    seed: '1',
    rng: createRng(1),
    log: () => undefined,
    signal: new AbortController().signal,
  };
  const launched = driver.launch({ nodes: 1, coordinatorMembers: 1, options: {}, ...spec }, context);
  const cluster = await launched.catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    throw error;
  });
  return {
    cluster,
    runId,
    folder,
    [Symbol.asyncDispose]: async () => {
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
      assert.deepEqual(await partsOf(runId), []);
    },
  };
}

/** What is left of a run on the engine. */
export async function partsOf(runId: string): Promise<readonly string[]> {
  return (await driver.leftovers()).filter((left) => left.runId === runId).flatMap(({ parts }) => parts);
}

export function mint(node: Cluster['nodes'][number], count: number, timeoutMs = 1000): Promise<MintReply> {
  return new Promise((resolve) => node.mint(count, timeoutMs, resolve));
}

/** Asks until it holds; the last answer is in the error. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  holds: (value: Value) => boolean,
  withinMs = 8000,
): Promise<Value> {
  const giveUp = performance.now() + withinMs;
  for (;;) {
    const value = await ask().catch((error: unknown) => error as Value);
    if (!(value instanceof Error) && holds(value)) return value;
    if (performance.now() > giveUp)
      throw new Error(`not within ${withinMs} ms; the last answer: ${String(value)}`, { cause: value });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Asks until the node mints. An honest node may refuse at any one moment (`bound`: etcd answered late), also right
 * after it told that it mints.
 */
export const minted = (node: Cluster['nodes'][number], count: number): Promise<MintReply> =>
  eventually(
    () => mint(node, count),
    ({ status }) => status === 'ok',
  );

export const minting = ({ status }: NodeHealth): boolean => status === 'minting';
