/** Never asks whether its lease may be over: it mints until the coordinator tells it, or its bound is reached. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class FencelessMinter extends SnowflakeMinter {
  protected override leaseIsOver(): boolean {
    return false;
  }
}

export default {
  name: 'no-fence',
  summary: 'Snowflake that mints on after its lease.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new FencelessMinter(env)) },
  mutant: {
    breaks: ['owns-worker-id'],
    because: 'minted after its lease',
    shownBy: [
      'storm',
      'minority-side',
      'unheard',
      'deaf',
      'resets',
      'checkpoint',
      'slow-cpu',
      'lease-with-slack',
      'lease-without-slack',
      'paused-in-keep-alive',
    ],
    needsNoDisturbance: ['lease-without-slack'],
  },
} satisfies Generator;
