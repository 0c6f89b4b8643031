/**
 * As many IDs as the format gives: each time it is asked it mints every millisecond that has passed since, whole.
 *
 * It is there to load a harness, so it reads the clock once a call and writes IDs as 32-bit words: a few nanoseconds an
 * ID, where a `bigint` each costs ten times that. Ask it every 16 to 20 ms, as the shell's self-load does: what is older
 * than that is left out, so that no ID carries a time of more than 20 ms before its call. Worker ID and bound as
 * `snowflake-static`.
 */
import type { Generator, GeneratorEnv, NodePlan } from '../harness/core/generator.ts';
import type { Promise_ } from '../harness/core/guarantee.ts';
import { integerWithin, LAYOUT, SEQUENCE_MAX, start, WAIT } from './snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from './worker-ids/static.ts';

/** How old the time in an ID may be. */
export const PAST_MS = 20;
const TICK_LOW_BITS = 10;

export class SaturateMinter extends StaticMinter {
  /** IDs of each millisecond. */
  readonly #perMs: number;

  constructor(env: GeneratorEnv) {
    super({ ...env, options: withoutRate(env.options) });
    this.#perMs = perMsOf(env.options);
  }

  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    const tenure = this.tenure;
    const now = tenure && this.readClock(tenure);
    if (tenure === undefined || typeof now !== 'number') return super.mint(into, count);
    const filled = this.#mintUpTo(now, tenure.workerId, tenure.floorMs, into, count);
    // Nothing is left of this millisecond: one ID of the next is waited for, or refused for the reason there is.
    return filled > 0 ? filled : super.mint(into, 1);
  }

  protected override nextSequence(now: number, workerId: number): number {
    const sequence = super.nextSequence(now, workerId);
    return sequence >= this.#perMs ? WAIT : sequence;
  }

  /** The first millisecond, and the sequence number in it, that a call may begin with. */
  protected begin(now: number, floorMs: number): { readonly ms: number; readonly sequence: number } {
    const oldest = Math.max(now - PAST_MS, floorMs + 1);
    return this.lastMs < oldest ? { ms: oldest, sequence: 0 } : { ms: this.lastMs, sequence: this.lastSequence + 1 };
  }

  #mintUpTo(now: number, workerId: number, floorMs: number, into: BigUint64Array, count: number): number {
    // Words lie in memory as the CPU has them, low half first: the shell runs on nothing else.
    const words = new Uint32Array(into.buffer, into.byteOffset, 2 * into.length);
    let { ms, sequence } = this.begin(now, floorMs);
    let filled = 0;
    for (; ms <= now && filled < count; ms++, sequence = 0) {
      const tick = ms - LAYOUT.epochMs;
      const low = ((tick % 2 ** TICK_LOW_BITS) * 2 ** (LAYOUT.workerBits + LAYOUT.sequenceBits)) >>> 0;
      const high = Math.floor(tick / 2 ** TICK_LOW_BITS);
      const base = low + workerId * (SEQUENCE_MAX + 1);
      const end = Math.min(this.#perMs, sequence + count - filled);
      for (; sequence < end; sequence++, filled++) {
        words[2 * filled] = base + sequence;
        words[2 * filled + 1] = high;
      }
      this.lastMs = ms;
      this.lastSequence = sequence - 1;
      this.lastWorkerId = workerId;
    }
    return filled;
  }
}

/** `perMs`; left out, as many as 12 bits count. */
function perMsOf({ perMs = SEQUENCE_MAX + 1 }: GeneratorEnv['options']): number {
  return integerWithin('perMs', perMs, 1, SEQUENCE_MAX + 1);
}

/** What is left for `snowflake-static`. */
function withoutRate(options: GeneratorEnv['options']): GeneratorEnv['options'] {
  const { perMs: _, ...rest } = options;
  return rest;
}

/** As `Generator.refuses`. */
export function refusesRate(nodes: readonly NodePlan[]): string | undefined {
  for (const { name, options } of nodes)
    try {
      perMsOf(options);
    } catch (error) {
      return `${name}: ${(error as Error).message}`;
    }
  return refusesStatic(nodes.map((node) => ({ ...node, options: withoutRate(node.options) })));
}

export const SATURATE_PROMISES = STATIC_PROMISES.map((promise): Promise_ =>
  promise.guarantee === 'time-honest' ? { ...promise, pastMs: PAST_MS } : promise,
);

export default {
  name: 'saturate',
  summary: '41/10/12 Snowflake that mints all IDs of each millisecond, to load a harness with.',
  coordinator: 'none',
  promises: SATURATE_PROMISES,
  layout: LAYOUT,
  refuses: refusesRate,
  node: { kind: 'shell', create: (env) => start(new SaturateMinter(env)) },
} satisfies Generator;
