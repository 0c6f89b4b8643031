/**
 * UUID version 7 (RFC 9562 §5.7), made monotonic by a dedicated counter of fixed length (§6.2, method 1): the 12 bits of
 * rand_a count within the millisecond, from a random start whose highest bit is 0 so that it does not roll over at once.
 * The 62 bits of rand_b are drawn anew for every ID.
 *
 * When the clock goes back the last timestamp is kept and the counter goes on (§6.2, "reuse the previous timestamp");
 * when the counter is full, no ID is given until the clock has passed that timestamp. The order across restarts is not
 * kept: the RFC leaves stable storage to the application.
 */
import type { Generator, GeneratorEnv, Holding, NodePlan } from '../harness/core/generator.ts';
import type { Layout } from '../harness/core/layout.ts';
import type { Next } from './clocked/minter.ts';
import { ClockedMinter, randomBits } from './clocked/minter.ts';

export const LAYOUT = {
  idBits: 128,
  timeBits: 48,
  workerBits: 0,
  sequenceBits: 12,
  tickMs: 1,
  epochMs: 0,
  shifts: { time: 80, worker: 0, sequence: 64 },
  fixed: [
    { shift: 76, bits: 4, value: 7 },
    { shift: 62, bits: 2, value: 2 },
  ],
} as const satisfies Layout;

const COUNTER_MAX = 2 ** LAYOUT.sequenceBits - 1;
/** A fresh counter is below this. */
const START_BELOW_BITS = LAYOUT.sequenceBits - 1;
const END_MS = 2 ** LAYOUT.timeBits;
/** How far behind its last timestamp the clock may be; further, an ID would tell of a time that is not the clock's. */
export const BEHIND_MAX_MS = 10_000;
/** The longest that an ID waits for the clock. */
const WAIT_MAX_MS = 5;
const VERSION = 7n << 76n;
const VARIANT = 2n << 62n;

export class Uuidv7Minter extends ClockedMinter {
  protected lastMs = -1;
  protected counter = 0;

  constructor(env: GeneratorEnv) {
    super(env, 2, WAIT_MAX_MS);
  }

  /** It needs nothing of anybody. */
  holding(): Holding {
    return {};
  }

  protected next(): Next {
    const now = this.env.wallMs();
    if (now < 0 || now >= END_MS) return 'clock out of range';
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = this.freshCounter();
      return this.compose();
    }
    const behindMs = this.lastMs - now;
    if (behindMs > BEHIND_MAX_MS) return 'clock behind';
    if (this.counter === COUNTER_MAX) return { waitMs: Math.max(1, behindMs) };
    this.counter++;
    return this.compose();
  }

  protected freshCounter(): number {
    return Number(this.random(START_BELOW_BITS));
  }

  protected random(bits: number): bigint {
    return randomBits(this.env, bits);
  }

  protected compose(): bigint {
    return (BigInt(this.lastMs) << 80n) | VERSION | (BigInt(this.counter) << 64n) | VARIANT | this.random(62);
  }
}

/** As `Generator.refuses`: it has no options. */
export function refusesAnyOption(nodes: readonly NodePlan[]): string | undefined {
  const [stray] = nodes.flatMap(({ options }) => Object.keys(options));
  return stray === undefined
    ? undefined
    : `it leases no worker IDs and takes no options, and they are given the option '${stray}'`;
}

export default {
  name: 'uuidv7',
  summary: 'UUID version 7 with a 12-bit counter in rand_a (RFC 9562, method 1).',
  coordinator: 'none',
  promises: [
    // By chance: two nodes would have to draw the same 62 bits, and the same counter, in one millisecond.
    { guarantee: 'unique' },
    { guarantee: 'increasing-per-node' },
    { guarantee: 'time-honest', pastMs: 1, futureMs: BEHIND_MAX_MS },
    { guarantee: 'well-formed' },
    { guarantee: 'fails-closed' },
    { guarantee: 'faithful-encoding' },
    // A start (0.3 s). A clock that ran ahead until the last heal adds its lead to it, up to what the counter bridges.
    { guarantee: 'recovers', withinMs: 2000 },
  ],
  layout: LAYOUT,
  refuses: refusesAnyOption,
  node: { kind: 'shell', create: (env) => new Uuidv7Minter(env) },
} satisfies Generator;
