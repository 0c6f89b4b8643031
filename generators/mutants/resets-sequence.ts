/** Starts every batch at sequence number 0, also within the millisecond of the batch before. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class ResettingMinter extends SnowflakeMinter {
  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    this.lastSequence = -1;
    return super.mint(into, count);
  }
}

export default {
  name: 'resets-sequence',
  summary: 'Snowflake whose sequence starts anew with each batch.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new ResettingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node'],
    because: 'sequence reset within a tick',
    shownBy: ['storm', 'bridge', 'majorities-ring', 'slow-link'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
