/**
 * Checks fence and bound once a batch, and reads the clock again for each ID. A node that is stopped in between mints,
 * when it goes on, a time that nobody checked. Between the two lie microseconds, into which a pause of a real node falls
 * about never.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class EarlyCheckingMinter extends SnowflakeMinter {
  #checked = false;

  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    this.#checked = false;
    return super.mint(into, count);
  }

  protected override readClock(tenure: Tenure): number | Reason {
    if (!this.#checked) {
      const reading = super.readClock(tenure);
      if (typeof reading === 'string') return reading;
      this.#checked = true;
    }
    return this.env.wallMs();
  }
}

export default {
  name: 'checks-on-earlier-reading',
  summary: 'Snowflake that checks one reading of the clock and mints another.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new EarlyCheckingMinter(env)) },
  mutant: {
    breaks: ['increasing-across-lives', 'owns-worker-id', 'unique'],
    because: 'two holders: paused past its lease',
    shownBy: ['storm', 'paused-in-keep-alive'],
    simulated: true,
  },
} satisfies Generator;
