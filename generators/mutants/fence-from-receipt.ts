/**
 * Counts its lease from when the answer came, and not from when the question went out: too long by the way there and back.
 *
 * A real node that stood still between the two gives the question up before it reads the answer: Node runs the timers that
 * are due before it looks at its sockets, and a question of the etcd client has 400 ms.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { fenceAfter, LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

class LateCountingMinter extends SnowflakeMinter {
  protected override async keepAliveOnce(tenure: Tenure): Promise<boolean> {
    const before = tenure.fenceNs;
    const answered = await super.keepAliveOnce(tenure);
    if (tenure.fenceNs > before) tenure.fenceNs = fenceAfter(this.env.monotonicNs(), tenure.ttlMs);
    return answered;
  }
}

export default {
  name: 'fence-from-receipt',
  summary: 'Snowflake whose fence is counted from the receipt of a keep-alive.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new LateCountingMinter(env)) },
  mutant: {
    breaks: ['owns-worker-id'],
    because: 'minted after its lease',
    shownBy: ['paused-in-keep-alive'],
    simulated: true,
  },
} satisfies Generator;
