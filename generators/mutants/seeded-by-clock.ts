/** Draws its random bits from the clock: two nodes that read one millisecond draw the same. */
import type { Generator } from '../../harness/core/generator.ts';
import ulid, { LAYOUT, UlidMinter } from '../ulid.ts';

/** Of a linear congruential generator (Knuth, MMIX). */
const MULTIPLIER = 6_364_136_223_846_793_005n;

class ClockSeededMinter extends UlidMinter {
  protected override random(bits: number): bigint {
    return BigInt.asUintN(bits, BigInt(this.env.wallMs()) * MULTIPLIER);
  }
}

export default {
  name: 'seeded-by-clock',
  summary: 'ULID whose chance is the time of day.',
  coordinator: 'none',
  promises: ulid.promises,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => new ClockSeededMinter(env) },
  mutant: {
    breaks: ['unique'],
    because: 'the same random bits drawn twice',
    shownBy: ['uuid-clock'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
