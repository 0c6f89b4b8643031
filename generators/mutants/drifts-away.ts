/** Adds a millisecond for each ID while its clock is behind the last one: what is asked of it decides what time it is. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class DriftingMinter extends SnowflakeMinter {
  protected override readClock(tenure: Tenure): number | Reason {
    const wall = this.env.wallMs();
    const now = wall < this.lastMs ? this.lastMs + 1 : wall;
    return this.forbids(tenure, now) ?? now;
  }
}

export default {
  name: 'drifts-away',
  summary: 'Snowflake that counts milliseconds by itself once its clock went back.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new DriftingMinter(env)) },
  mutant: {
    breaks: ['time-honest'],
    because: 'ran ahead of its clock',
    shownBy: ['back-under-load', 'runaway-drift'],
  },
} satisfies Generator;
