/** The options of `snowflake`, validated. */
import type { GeneratorEnv, NodePlan } from '../../harness/core/generator.ts';

/** As many as 10 bits can tell apart. */
const WORKER_IDS = 2 ** 10;
/** Of the 10 bits, the upper 5 may say the datacenter and the lower 5 the worker in it. */
const WORKERS = 2 ** 5;

/** The generator's options, validated. */
export interface Settings {
  /** Worker IDs are `pool` numbers from this one on. */
  readonly firstWorkerId: number;
  readonly pool: number;
  /** What TTL to ask for. */
  readonly ttlMs: number;
  /** How far ahead of where it should be the wall clock is still believed. */
  readonly aheadMaxMs: number;
  /** Time from one keep-alive to the next; a quarter of the granted TTL when left out. */
  readonly heartbeatMs?: number;
}

/** Settings from the scenario's options; throws one error that names the first option that is wrong. */
export function settingsOf(options: GeneratorEnv['options']): Settings {
  const {
    datacenter,
    firstWorkerId = 0,
    pool = 3,
    ttlMs = 5000,
    heartbeatMs,
    aheadMaxMs = 30_000,
    ...unknown
  } = options;
  const [stray] = Object.keys(unknown);
  if (stray !== undefined)
    throw new Error(
      `option '${stray}' is not known: use datacenter, firstWorkerId, pool, ttlMs, heartbeatMs and aheadMaxMs`,
    );
  // Given a datacenter, the others count the workers in it.
  const [before, workers] =
    datacenter === undefined
      ? [0, WORKER_IDS]
      : [integerWithin('datacenter', datacenter, 0, WORKER_IDS / WORKERS - 1) * WORKERS, WORKERS];
  const first = integerWithin('firstWorkerId', firstWorkerId, 0, workers - 1);
  return {
    firstWorkerId: before + first,
    pool: integerWithin('pool', pool, 1, workers - first),
    ttlMs: integerWithin('ttlMs', ttlMs, 1000, 600_000),
    aheadMaxMs: integerWithin('aheadMaxMs', aheadMaxMs, 1000, Number.MAX_SAFE_INTEGER),
    ...(heartbeatMs !== undefined && { heartbeatMs: integerWithin('heartbeatMs', heartbeatMs, 50, 600_000) }),
  };
}

/** As `Generator.refuses`: the options of each node have to be in range. */
export function refusesOptions(nodes: readonly NodePlan[]): string | undefined {
  for (const { name, options } of nodes)
    try {
      settingsOf(options);
    } catch (error) {
      return `${name}: ${(error as Error).message}`;
    }
  return undefined;
}

/** An option that is a whole number; throws an error that names it when it is none, or out of range. */
export function integerWithin(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`option '${name}' must be an integer from ${min} to ${max}, not ${JSON.stringify(value)}`);
}
