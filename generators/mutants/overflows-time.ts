/** Puts any time into the field for it, also one that does not fit: the sign bit is next to it. */
import type { Generator } from '../../harness/core/generator.ts';
import { END_MS, LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class OverflowingMinter extends SnowflakeMinter {
  protected override forbids(tenure: Tenure, now: number): Reason | undefined {
    if (now < END_MS) return super.forbids(tenure, now);
    return this.leaseIsOver(tenure) ? 'lease over' : undefined;
  }
}

export default {
  name: 'overflows-time',
  summary: 'Snowflake that does not look whether its time fits into the ID.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new OverflowingMinter(env)) },
  mutant: {
    breaks: ['well-formed', 'recovers', 'increasing-across-lives'],
    because: 'time does not fit its field',
    shownBy: ['clock-past-end'],
  },
} satisfies Generator;
