/**
 * Draws what is to tell its process from all others while the start-up snapshot is taken: every node that is restored
 * from the snapshot has the same, and nothing but the clock tells their IDs apart.
 */
import type { Generator, GeneratorEnv } from '../../harness/core/generator.ts';
import uuidv7, { LAYOUT, refusesAnyOption, Uuidv7Minter } from '../uuidv7.ts';

/** Bits of rand_b, high and low half, and where the counter begins. */
type Drawn = readonly [high: number, low: number, start: number];

/** Carried out when the snapshot is taken. */
const snapshot = (random: () => number) => {
  const below = (end: number): number => Math.floor(random() * end);
  return [below(2 ** 31), below(2 ** 31), below(2 ** 11)];
};

class RestoredMinter extends Uuidv7Minter {
  readonly #unique: bigint;
  readonly #start: number;

  constructor(env: GeneratorEnv) {
    super(env);
    if (env.restored === undefined)
      throw new Error('draws-before-snapshot needs real processes: take the driver local or docker');
    const [high, low, start] = env.restored as unknown as Drawn;
    this.#unique = (BigInt(high) << 31n) | BigInt(low);
    this.#start = start;
  }

  protected override random(): bigint {
    return this.#unique;
  }

  protected override freshCounter(): number {
    return this.#start;
  }
}

export default {
  name: 'draws-before-snapshot',
  summary: 'UUID version 7 whose chance was drawn once, for all nodes that are restored from one snapshot.',
  coordinator: 'none',
  promises: uuidv7.promises,
  layout: LAYOUT,
  refuses: refusesAnyOption,
  node: { kind: 'shell', create: (env) => new RestoredMinter(env), snapshot },
  mutant: {
    breaks: ['unique'],
    because: 'the same random bits drawn twice',
    shownBy: ['uuid-clock'],
    needsNoDisturbance: true,
    real: true,
  },
} satisfies Generator;
