/** Reads the wall clock once, when it starts, and counts on from there by the monotonic clock: no correction ever reaches it. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class AnchoredMinter extends SnowflakeMinter {
  readonly #startMs = this.env.wallMs();
  readonly #startNs = this.env.monotonicNs();

  protected override readClock(tenure: Tenure): number | Reason {
    const passedMs = Number((this.env.monotonicNs() - this.#startNs) / 1_000_000n);
    const now = this.#startMs + passedMs;
    return this.forbids(tenure, now) ?? now;
  }
}

export default {
  name: 'anchors-to-monotonic',
  summary: 'Snowflake whose time is that of its start and what passed since.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new AnchoredMinter(env)) },
  mutant: {
    breaks: ['time-honest', 'increasing-across-lives', 'unique', 'recovers'],
    because: 'does not follow its clock',
    shownBy: ['storm', 'clock-ahead-an-hour', 'clock-strobe', 'slow-clock'],
  },
} satisfies Generator;
