/** Reserves no time ahead and takes no notice of what an earlier holder of its worker ID minted. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

export class BoundlessMinter extends SnowflakeMinter {
  protected override outsideBound(): Reason | undefined {
    return undefined;
  }

  protected override async serve(tenure: Tenure): Promise<void> {
    await this.keepLease(tenure);
  }
}

export default {
  name: 'no-bound',
  summary: 'Snowflake that relies on its fence alone.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new BoundlessMinter(env)) },
  mutant: {
    // A clock that is far behind at the start is held against nothing, and believed: the right time is then a jump.
    breaks: ['increasing-across-lives', 'unique', 'recovers'],
    because: 'successor behind the earlier holder',
    shownBy: [
      'storm',
      'restart-storm',
      'rolling-update',
      'scale-down-successor-behind',
      'zone-down',
      'etcd-member-kill',
      'etcd-leader-kill',
      'etcd-leader-pause',
      'etcd-quorum-loss',
      'etcd-kill-all',
      'etcd-pause-all',
      'start-while-coordinator-away',
      'start-while-coordinator-slow',
    ],
  },
} satisfies Generator;
