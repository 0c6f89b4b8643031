/**
 * ULID: 48 bits of milliseconds and 80 random bits, monotonic within a process. In the same millisecond, and when the
 * clock goes back, the last ID plus one is given (as RFC 9562 §6.2, method 2, with an increment of 1).
 *
 * So it mints through any step back, with the time that it had reached: the time in an ID is not promised to be the
 * clock's. The order across restarts is not kept.
 */
import type { Generator, GeneratorEnv, Holding } from '../harness/core/generator.ts';
import type { Layout } from '../harness/core/layout.ts';
import type { Next } from './clocked/minter.ts';
import { ClockedMinter, randomBits } from './clocked/minter.ts';
import { refusesAnyOption } from './uuidv7.ts';

export const LAYOUT = {
  idBits: 128,
  timeBits: 48,
  workerBits: 0,
  sequenceBits: 80,
  tickMs: 1,
  epochMs: 0,
} as const satisfies Layout;

const END_MS = 2 ** LAYOUT.timeBits;
const RANDOM_MAX = 2n ** BigInt(LAYOUT.sequenceBits) - 1n;
/** The longest that an ID waits for the clock. */
const WAIT_MAX_MS = 5;

export class UlidMinter extends ClockedMinter {
  protected lastMs = -1;
  protected lastRandom = 0n;

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
      this.lastRandom = this.random(LAYOUT.sequenceBits);
    } else if (this.lastRandom === RANDOM_MAX) {
      return { waitMs: this.lastMs - now + 1 };
    } else {
      this.lastRandom++;
    }
    return (BigInt(this.lastMs) << BigInt(LAYOUT.sequenceBits)) | this.lastRandom;
  }

  protected random(bits: number): bigint {
    return randomBits(this.env, bits);
  }
}

export default {
  name: 'ulid',
  summary: 'ULID: 48 bits of milliseconds, 80 random bits, the last ID plus one within a millisecond.',
  coordinator: 'none',
  promises: [
    // By chance: two nodes would have to come upon the same 80 bits in one millisecond.
    { guarantee: 'unique' },
    { guarantee: 'increasing-per-node' },
    { guarantee: 'well-formed' },
    { guarantee: 'fails-closed' },
    { guarantee: 'faithful-encoding' },
    // A start (0.3 s).
    { guarantee: 'recovers', withinMs: 2000 },
  ],
  layout: LAYOUT,
  refuses: refusesAnyOption,
  node: { kind: 'shell', create: (env) => new UlidMinter(env) },
} satisfies Generator;
