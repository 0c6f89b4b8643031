/** Takes the milliseconds since the epoch as they come, negative ones too: a machine that has not set its clock yet mints. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class EarlyMinter extends SnowflakeMinter {
  protected override forbids(tenure: Tenure, now: number): Reason | undefined {
    if (now >= LAYOUT.epochMs) return super.forbids(tenure, now);
    return this.leaseIsOver(tenure) ? 'lease over' : undefined;
  }
}

export default {
  name: 'mints-before-epoch',
  summary: 'Snowflake that does not look whether its clock is past the epoch.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new EarlyMinter(env)) },
  mutant: {
    breaks: ['well-formed', 'time-honest', 'increasing-across-lives', 'increasing-per-node'],
    because: 'time before the epoch',
    shownBy: ['started-before-epoch'],
  },
} satisfies Generator;
