/** Takes any step back of its clock for a fault that a person must look at: it never mints again. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class StoppingMinter extends SnowflakeMinter {
  #stopped = false;

  protected override readClock(tenure: Tenure): number | Reason {
    const now = super.readClock(tenure);
    if (typeof now === 'number' && now < this.lastMs) this.#stopped = true;
    return this.#stopped ? 'clock behind' : now;
  }
}

export default {
  name: 'stops-for-good',
  summary: 'Snowflake that stops when its clock goes back, also when the clock is right again.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new StoppingMinter(env)) },
  mutant: {
    breaks: ['recovers'],
    because: 'silent after the heal',
    shownBy: ['storm', 'clock-drift', 'clock-strobe'],
  },
} satisfies Generator;
