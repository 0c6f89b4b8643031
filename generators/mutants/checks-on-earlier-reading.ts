/**
 * Checks fence and bound, and then reads the clock once more for the ID. A node that is stopped between the two readings
 * mints, when it goes on, a time that nobody checked.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class EarlyCheckingMinter extends SnowflakeMinter {
  protected override readClock(tenure: Tenure): number | Reason {
    const checked = super.readClock(tenure);
    return typeof checked === 'number' ? this.env.wallMs() : checked;
  }
}

export default {
  name: 'checks-on-earlier-reading',
  summary: 'Snowflake that checks one reading of the clock and mints another.',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => start(new EarlyCheckingMinter(env)) },
  mutant: { breaks: ['increasing-across-lives'], because: 'two holders: paused past its lease' },
} satisfies Generator;
