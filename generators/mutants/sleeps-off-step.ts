/** Sleeps for as long as its clock went back, and holds up everybody meanwhile: an hour for an hour. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class PatientMinter extends SnowflakeMinter {
  override async mint(into: BigUint64Array, count: number): Promise<number> {
    const behindMs = this.lastMs - this.env.wallMs();
    if (behindMs > 0) await this.env.sleep(behindMs);
    return super.mint(into, count);
  }
}

export default {
  name: 'sleeps-off-step',
  summary: 'Snowflake that waits for its clock however long that takes.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new PatientMinter(env)) },
  mutant: {
    breaks: ['recovers'],
    because: 'silent after the heal',
    shownBy: ['clock-back-an-hour'],
  },
} satisfies Generator;
