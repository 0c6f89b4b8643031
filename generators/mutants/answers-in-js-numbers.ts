/** Mints as it should, and hands its IDs out through JavaScript numbers, which hold 53 bits. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class NumberedMinter extends SnowflakeMinter {
  encode(ids: BigUint64Array): readonly number[] {
    return Array.from(ids, Number);
  }
}

export default {
  name: 'answers-in-js-numbers',
  summary: 'Snowflake whose clients get the IDs without their last digits.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new NumberedMinter(env)) },
  mutant: {
    breaks: ['faithful-encoding'],
    because: 'changed on the way: 64 bits through a JS number',
    shownBy: ['storm'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
