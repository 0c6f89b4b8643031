/**
 * Leased worker IDs that a node remembers on its disk, asked for through a circuit breaker.
 *
 * After a restart the node wants the worker ID that it had, or another one than that (`afterRestart`). What it remembers
 * is a wish and no claim: it takes the ID by a transaction under a new lease, as `snowflake` does, and mints above the
 * bound. The breaker spares the question and never the fence: while it is open no keep-alive is sent, and the node stops
 * when its lease has run out.
 */
import type { Generator, GeneratorEnv, NodePlan } from '../harness/core/generator.ts';
import type { Promise_ } from '../harness/core/guarantee.ts';
import { integerWithin, LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from './snowflake.ts';
import type { Tenure } from './snowflake.ts';
import type { BreakerSettings } from './worker-ids/circuit-breaker.ts';
import { behindBreaker, CircuitBreaker } from './worker-ids/circuit-breaker.ts';

/** The file with the worker ID, in decimal digits. */
const FILE = 'worker-id';
const NS_PER_MS = 1_000_000;
const DEFAULT_OPEN_MS = 30_000;

export class RememberingMinter extends SnowflakeMinter {
  readonly #wanted: 'old' | 'new';
  /** Of an earlier life; undefined: none, or it has not been read yet. */
  #remembered: number | undefined;

  constructor(env: GeneratorEnv) {
    const { breaker, wanted, rest } = rememberedOptions(env.options);
    const guard = new CircuitBreaker(breaker, () => Number(env.monotonicNs()) / NS_PER_MS);
    super({ ...env, options: rest, coordination: behindBreaker(env.coordination, guard) });
    this.#wanted = wanted;
  }

  override async run(): Promise<void> {
    const bytes = await this.env.disk.read(FILE);
    const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    // A damaged memory costs a wish, no more.
    this.#remembered = /^\d{1,4}$/.test(text) ? Number(text) : undefined;
    await super.run();
  }

  protected override choose(free: readonly number[]): number {
    const old = this.#remembered;
    if (old === undefined) return super.choose(free);
    if (this.#wanted === 'old') return free.includes(old) ? old : super.choose(free);
    const others = free.filter((workerId) => workerId !== old);
    return super.choose(others.length > 0 ? others : free);
  }

  protected override hold(tenure: Tenure): void {
    super.hold(tenure);
    this.#remembered = this.#wanted === 'old' ? tenure.workerId : this.#remembered;
    void this.env.disk.write(FILE, new TextEncoder().encode(String(tenure.workerId)));
  }
}

/** Options of its own, validated, and those of `snowflake`. */
function rememberedOptions(options: GeneratorEnv['options']): {
  readonly breaker: BreakerSettings;
  readonly wanted: 'old' | 'new';
  readonly rest: GeneratorEnv['options'];
} {
  const { afterRestart = 'old', breaker = {}, ...rest } = options;
  if (afterRestart !== 'old' && afterRestart !== 'new')
    throw new Error(`option 'afterRestart' must be 'old' or 'new', not ${JSON.stringify(afterRestart)}`);
  const { failures = 5, openMs = DEFAULT_OPEN_MS, quietMs = 60_000 } = breaker as GeneratorEnv['options'];
  return {
    breaker: {
      failures: integerWithin('breaker.failures', failures, 1, 1000),
      openMs: integerWithin('breaker.openMs', openMs, 1, DEFAULT_OPEN_MS),
      quietMs: integerWithin('breaker.quietMs', quietMs, 0, 3_600_000),
    },
    wanted: afterRestart,
    rest,
  };
}

/** As `Generator.refuses`. */
function refuses(nodes: readonly NodePlan[]): string | undefined {
  const plans: NodePlan[] = [];
  for (const node of nodes)
    try {
      plans.push({ ...node, options: rememberedOptions(node.options).rest });
    } catch (error) {
      return `${node.name}: ${(error as Error).message}`;
    }
  return refusesOptions(plans);
}

export default {
  name: 'snowflake-remembered',
  summary: '41/10/12 Snowflake that remembers its leased worker ID, and asks through a circuit breaker.',
  promises: [
    ...PROMISES.filter(({ guarantee }) => guarantee !== 'recovers'),
    // What snowflake promises, and before it the longest that the breaker may stay open.
    { guarantee: 'recovers', withinMs: 8000 + DEFAULT_OPEN_MS },
  ] satisfies readonly Promise_[],
  layout: LAYOUT,
  refuses,
  node: { kind: 'shell', create: (env) => start(new RememberingMinter(env)) },
} satisfies Generator;
