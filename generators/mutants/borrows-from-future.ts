/** Takes the next millisecond when this one is full, without waiting for it. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SEQUENCE_MAX, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class BorrowingMinter extends SnowflakeMinter {
  protected override readClock(tenure: Tenure): number | Reason {
    const isFull = this.lastSequence === SEQUENCE_MAX;
    const now = Math.max(this.env.wallMs(), isFull ? this.lastMs + 1 : this.lastMs);
    return this.forbids(tenure, now) ?? now;
  }
}

export default {
  name: 'borrows-from-future',
  summary: 'Snowflake that mints ahead of its clock when it is asked for more than a millisecond holds.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new BorrowingMinter(env)) },
  mutant: {
    breaks: ['time-honest'],
    because: 'ran ahead of its clock',
    shownBy: ['burst'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
