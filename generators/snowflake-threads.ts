/**
 * 41/10/12 Snowflake minted by four threads without a lock: last time and sequence number are one 64-bit word of shared
 * memory, which is advanced by one compare-and-swap an ID. Worker ID and bound as `snowflake-static`; in the simulator,
 * which has no threads, the four lanes mint in one.
 */
import type { Generator, GeneratorEnv, Minter, Thread, ThreadStart } from '../harness/core/generator.ts';
import { compose, LAYOUT, SEQUENCE_MAX, start, WAIT_MAX_MS } from './snowflake.ts';
import type { Tenure } from './snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from './worker-ids/static.ts';

/** Threads of a node, each a lane. */
export const LANES = 4;
/** The most that the shell asks for at once. */
const COUNT_MAX = 100_000;
const SEQUENCE_BITS = BigInt(LAYOUT.sequenceBits);
const NS_PER_MS = 1_000_000n;

/**
 * Words of the shared memory: the last ID's time and sequence number, in an ID's bits but without the worker ID; the
 * worker ID; the times, in Unix milliseconds, between which IDs must lie. One more is for whoever counts in another way.
 */
export const WORD = { last: 0, workerId: 1, floorMs: 2, limitMs: 3, spare: 4 } as const;

/** The time and sequence number of the next ID, as in `WORD.last`; undefined when the clock cannot give one now. */
export type Next = (words: BigInt64Array, readMs: () => bigint | undefined) => bigint | undefined;

export const lastOf = (unixMs: bigint, sequence: bigint): bigint => (unixMs << SEQUENCE_BITS) | sequence;
export const timeOf = (last: bigint): bigint => last >> SEQUENCE_BITS;
/** The one after `last` within its millisecond; undefined when that is full. */
export const sameTick = (last: bigint): bigint | undefined =>
  (last & BigInt(SEQUENCE_MAX)) === BigInt(SEQUENCE_MAX) ? undefined : last + 1n;

/** What a thread runs, by how it finds the next ID. */
export function threadBy(next: Next): ThreadStart {
  return (shared, wallMs) => {
    const words = new BigInt64Array(shared);
    const readMs = (): bigint | undefined => {
      const now = BigInt(wallMs());
      return now > Atomics.load(words, WORD.floorMs) && now < Atomics.load(words, WORD.limitMs) ? now : undefined;
    };
    return (into, count) => {
      const workerId = Number(Atomics.load(words, WORD.workerId));
      for (let filled = 0; filled < count; filled++) {
        const last = next(words, readMs);
        if (last === undefined) return filled;
        into[filled] = compose(Number(timeOf(last)), workerId, Number(last & BigInt(SEQUENCE_MAX)));
      }
      return count;
    };
  };
}

/** Loads the last ID before it reads the clock: so a reading is never earlier, unless the clock went back. */
export const thread = threadBy((words, readMs) => {
  for (;;) {
    const last = Atomics.load(words, WORD.last);
    const now = readMs();
    if (now === undefined || now < timeOf(last)) return undefined;
    const next = now > timeOf(last) ? lastOf(now, 0n) : sameTick(last);
    if (next === undefined || Atomics.compareExchange(words, WORD.last, last, next) === last) return next;
  }
});

class ThreadedMinter extends StaticMinter {
  readonly #words: BigInt64Array;
  readonly #threads: readonly Thread[];
  readonly moreLanes: readonly Minter[];

  constructor(env: GeneratorEnv, words: BigInt64Array, threads: readonly Thread[]) {
    super(env);
    this.#words = words;
    this.#threads = threads;
    this.moreLanes = threads.slice(1).map((_, index) => ({
      mint: this.#laneOf(index + 1),
      holding: () => this.holding(),
      close: async () => undefined,
    }));
    this.mint = this.#laneOf(0);
  }

  /** Its threads wait by themselves, and count nothing. */
  override overflowWaits(): undefined {
    return undefined;
  }

  #laneOf(index: number): Minter['mint'] {
    const memory = new SharedArrayBuffer(BigUint64Array.BYTES_PER_ELEMENT * COUNT_MAX);
    const ids = new BigUint64Array(memory);
    return async (into, count) => {
      const { tenure } = this;
      if (tenure === undefined) throw this.env.refusal('waiting');
      this.#tell(tenure);
      const patience = this.env.monotonicNs() + BigInt(WAIT_MAX_MS) * NS_PER_MS;
      for (let filled = 0; ;) {
        const minted = await this.#threads[index]!(memory, count - filled);
        into.set(ids.subarray(0, minted), filled);
        filled += minted;
        if (filled === count) return count;
        const why = this.forbids(tenure, this.env.wallMs()) ?? 'tick full';
        if (why !== 'tick full' || this.env.monotonicNs() >= patience || !(await this.#sleepOneMs())) {
          if (filled > 0) return filled;
          throw this.env.refusal(why);
        }
      }
    };
  }

  #tell({ workerId, floorMs, limitMs }: Tenure): void {
    Atomics.store(this.#words, WORD.workerId, BigInt(workerId));
    Atomics.store(this.#words, WORD.floorMs, BigInt(Math.max(floorMs, LAYOUT.epochMs - 1)));
    Atomics.store(this.#words, WORD.limitMs, BigInt(limitMs));
  }

  /** False when the node closes. */
  #sleepOneMs(): Promise<boolean> {
    return this.env.sleep(1).then(
      () => true,
      () => false,
    );
  }
}

/** A node whose threads run what the module exports as `thread`; `inPlace` is the same function, for the simulator. */
export async function startThreads(env: GeneratorEnv, module: string, inPlace: ThreadStart): Promise<Minter> {
  const shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT * Object.keys(WORD).length);
  const begin = async (): Promise<Thread> => env.startThread?.(module, shared) ?? inThisThread(env, inPlace, shared);
  const threads = await Promise.all(Array.from({ length: LANES }, begin));
  return start(new ThreadedMinter(env, new BigInt64Array(shared), threads));
}

function inThisThread(env: GeneratorEnv, inPlace: ThreadStart, shared: SharedArrayBuffer): Thread {
  const mint = inPlace(shared, () => env.wallMs());
  return async (into, count) => mint(new BigUint64Array(into), count);
}

export default {
  name: 'snowflake-threads',
  summary: '41/10/12 Snowflake whose four threads share one word of memory, on a given worker ID.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => startThreads(env, import.meta.url, thread) },
} satisfies Generator;
