/** Measures how far its clock is from the monotonic one every minute, and reads only the latter in between. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

const MEASURE_EVERY_NS = 60_000_000_000n;

class OffsetCachingMinter extends SnowflakeMinter {
  #measuredNs: bigint | undefined;
  #measuredMs = 0;

  protected override readClock(tenure: Tenure): number | Reason {
    const nowNs = this.env.monotonicNs();
    if (this.#measuredNs === undefined || nowNs - this.#measuredNs >= MEASURE_EVERY_NS) {
      this.#measuredNs = nowNs;
      this.#measuredMs = this.env.wallMs();
    }
    const now = this.#measuredMs + Number((nowNs - this.#measuredNs) / 1_000_000n);
    return this.forbids(tenure, now) ?? now;
  }
}

export default {
  name: 'caches-clock-offset',
  summary: 'Snowflake that looks at its wall clock once a minute.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new OffsetCachingMinter(env)) },
  mutant: {
    breaks: ['time-honest', 'recovers'],
    because: 'does not follow its clock',
    shownBy: ['storm', 'clock-ahead-an-hour', 'clock-strobe', 'slow-clock'],
  },
} satisfies Generator;
