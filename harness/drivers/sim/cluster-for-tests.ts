/** Small simulated clusters for tests: the generator is a function. */
import type { GeneratorEnv, Minter, ShellGenerator } from '../../core/generator.ts';
import type { MintReply } from '../../core/cluster.ts';
import type { JsonObject } from '../../core/json.ts';
import { createRng } from '../../core/random.ts';
import { SimCluster } from './cluster.ts';
import { Guard } from './guard.ts';

export interface TestClusterOptions {
  readonly seed?: number;
  readonly nodes?: number;
  readonly options?: JsonObject;
  readonly log?: (line: string) => void;
}

/** A generator of this name that is nothing but its minter. */
export function generatorOf(create: (env: GeneratorEnv) => Minter | Promise<Minter>, name = 'tiny'): ShellGenerator {
  return {
    name,
    summary: 'made by a test',
    promises: [],
    layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
    node: { kind: 'shell', create },
  };
}

/** A minter that holds worker ID 0 without a lease, and mints as `mint` says. */
export function minterOf(mint: Minter['mint']): Minter {
  return { mint, holding: () => ({ workerId: 0 }), close: () => Promise.resolve() };
}

/** A cluster whose nodes run, 400 ms into its time. */
export async function startCluster(
  create: (env: GeneratorEnv) => Minter | Promise<Minter>,
  { seed = 1, nodes = 1, options = {}, log = () => undefined }: TestClusterOptions = {},
): Promise<SimCluster> {
  const generator = generatorOf(create);
  const cluster = new SimCluster({
    spec: { nodes, coordinatorMembers: 3, options },
    generator,
    load: async () => generator,
    guard: new Guard(generator.name),
    rng: createRng(seed),
    log,
  });
  await cluster.time.sleep(400);
  return cluster;
}

/** Asks a node for IDs and waits for the answer. */
export function ask(cluster: SimCluster, node: string, count = 1, timeoutMs = 1000): Promise<MintReply> {
  return new Promise((resolve) => cluster.nodes.find(({ name }) => name === node)?.mint(count, timeoutMs, resolve));
}

/** Asks a node for one ID every `everyMs`, for `forMs`; the replies in order of their arrival. */
export async function load(cluster: SimCluster, node: string, everyMs: number, forMs: number): Promise<MintReply[]> {
  const replies: MintReply[] = [];
  const { time } = cluster;
  const subject = cluster.nodes.find(({ name }) => name === node);
  const end = time.now() + forMs * 1e6;
  const arrive = (): void => {
    subject?.mint(1, 1000, (reply) => replies.push(reply));
    const next = time.now() + everyMs * 1e6;
    if (next < end) time.at(next, arrive);
  };
  arrive();
  await time.sleep(forMs);
  return replies;
}
