/**
 * Threads that share the last time and the sequence number without a lock: the time is advanced by compare-and-swap, the
 * sequence number is set back to 0 in a second step, and between the two another thread counts on from the old number.
 */
import type { Generator, GeneratorEnv, Holding, Minter, Thread, ThreadStart } from '../../harness/core/generator.ts';
import { compose, LAYOUT, SEQUENCE_MAX } from '../snowflake.ts';
import { refusesStatic, STATIC_PROMISES } from '../worker-ids/static.ts';

const THREADS = 4;
/** Shared 64-bit numbers: the last time, the sequence number within it, the worker ID. */
const [TIME, SEQUENCE, WORKER] = [0, 1, 2];
const COUNT_MAX = 100_000;

/** Runs in each thread. */
export const thread: ThreadStart = (shared, wallMs) => {
  const state = new BigInt64Array(shared);
  const next = (): bigint => {
    for (;;) {
      const now = BigInt(wallMs());
      const last = Atomics.load(state, TIME);
      if (now < last) continue;
      let sequence = 0n;
      if (now === last) {
        sequence = Atomics.add(state, SEQUENCE, 1n) + 1n;
        if (sequence > SEQUENCE_MAX) continue;
      } else {
        if (Atomics.compareExchange(state, TIME, last, now) !== last) continue;
        Atomics.store(state, SEQUENCE, 0n);
      }
      return compose(Number(now), Number(state[WORKER]), Number(sequence));
    }
  };
  return (into, count) => {
    for (let i = 0; i < count; i++) into[i] = next();
    return count;
  };
};

function laneOf(mint: Thread, workerId: number): Minter {
  const memory = new SharedArrayBuffer(8 * COUNT_MAX);
  const ids = new BigUint64Array(memory);
  return {
    mint: async (into, count) => {
      const minted = await mint(memory, count);
      into.set(ids.subarray(0, minted));
      return minted;
    },
    holding: (): Holding => ({ workerId }),
    close: async () => undefined,
  };
}

async function create(env: GeneratorEnv): Promise<Minter> {
  const { startThread } = env;
  if (startThread === undefined)
    throw new Error('races-for-sequence needs real threads: take the driver local or docker');
  const shared = new SharedArrayBuffer(3 * 8);
  new BigInt64Array(shared)[WORKER] = BigInt(env.host.index);
  const threads = await Promise.all(Array.from({ length: THREADS }, () => startThread(import.meta.url, shared)));
  const [first, ...moreLanes] = threads.map((mint) => laneOf(mint, env.host.index));
  return { ...first!, moreLanes };
}

export default {
  name: 'races-for-sequence',
  summary: 'Snowflake whose threads count without a lock.',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create },
  mutant: {
    breaks: ['unique', 'increasing-per-node', 'increasing-across-lives'],
    because: 'threads raced for one sequence',
    shownBy: ['threads-at-full-load'],
    needsNoDisturbance: true,
    real: true,
  },
} satisfies Generator;
