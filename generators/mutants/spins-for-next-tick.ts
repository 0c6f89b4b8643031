/** Waits for the very next millisecond after its last, and not for any later one: a clock that jumps past is never there. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class SpinningMinter extends SnowflakeMinter {
  override async mint(into: BigUint64Array, count: number): Promise<number> {
    if (this.env.wallMs() < this.lastMs) {
      const next = this.lastMs + 1;
      while (this.env.wallMs() !== next) await this.env.sleep(1);
    }
    return super.mint(into, count);
  }
}

export default {
  name: 'spins-for-next-tick',
  summary: 'Snowflake that spins until its clock shows one certain millisecond.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new SpinningMinter(env)) },
  mutant: {
    breaks: ['recovers'],
    because: 'silent after the heal',
    shownBy: ['clock-back-an-hour', 'clock-strobe'],
  },
} satisfies Generator;
