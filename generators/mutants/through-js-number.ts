/** Passes its IDs through JavaScript numbers, which hold 53 bits: neighbours become one. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class RoundingMinter extends SnowflakeMinter {
  protected override compose(unixMs: number, workerId: number, sequence: number): bigint {
    return BigInt(Number(super.compose(unixMs, workerId, sequence)));
  }
}

export default {
  name: 'through-js-number',
  summary: 'Snowflake whose IDs lose their last digits.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new RoundingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node', 'well-formed'],
    because: 'digits lost in a 53-bit number',
    shownBy: ['storm'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
