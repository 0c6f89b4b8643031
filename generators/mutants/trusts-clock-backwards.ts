/** Believes its clock when it goes back, and mints the same times again. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class TrustingMinter extends SnowflakeMinter {
  protected override nextSequence(now: number, workerId: number): number {
    return now < this.lastMs ? 0 : super.nextSequence(now, workerId);
  }
}

export default {
  name: 'trusts-clock-backwards',
  summary: 'Snowflake that mints on when its clock steps back.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new TrustingMinter(env)) },
  mutant: {
    breaks: ['increasing-per-node', 'unique'],
    because: 'clock stepped back in process',
    shownBy: ['storm', 'clock-drift', 'clock-strobe', 'sonyflake-clock'],
  },
} satisfies Generator;
