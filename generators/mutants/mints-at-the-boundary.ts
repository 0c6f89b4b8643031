/** Waits while its clock is less than 5 ms behind and refuses while it is more; of exactly 5 ms it says nothing, and mints. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start, WAIT_MAX_MS } from '../snowflake.ts';

class BoundaryMinter extends SnowflakeMinter {
  protected override nextSequence(now: number, workerId: number): number {
    return this.lastMs - now === WAIT_MAX_MS ? 0 : super.nextSequence(now, workerId);
  }
}

export default {
  name: 'mints-at-the-boundary',
  summary: 'Snowflake that forgot the boundary between waiting and refusing.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new BoundaryMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node'],
    because: 'clock stepped back in process',
    shownBy: ['back-five-milliseconds'],
  },
} satisfies Generator;
