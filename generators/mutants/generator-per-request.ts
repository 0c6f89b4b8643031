/** Makes a generator for each request, which knows nothing of the one before. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class ForgettingMinter extends SnowflakeMinter {
  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    this.lastMs = -1;
    this.lastSequence = 0;
    return super.mint(into, count);
  }
}

export default {
  name: 'generator-per-request',
  summary: 'Snowflake whose last time and sequence number live as long as a request.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new ForgettingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node', 'increasing-across-lives'],
    because: 'sequence reset within a tick',
    shownBy: ['storm'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
