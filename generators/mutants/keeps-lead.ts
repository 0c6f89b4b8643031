/** Never lets its time go back: after its clock was put right it goes on from the future that it had reached. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class LeadKeepingMinter extends SnowflakeMinter {
  protected override readClock(tenure: Tenure): number | Reason {
    const now = Math.max(this.env.wallMs(), this.lastMs);
    return this.forbids(tenure, now) ?? now;
  }
}

export default {
  name: 'keeps-lead',
  summary: 'Snowflake that mints the greatest time its clock ever showed.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new LeadKeepingMinter(env)) },
  mutant: {
    breaks: ['time-honest', 'recovers'],
    because: 'kept its time when its clock went back',
    shownBy: ['storm'],
  },
} satisfies Generator;
