/** Counts the sequence number modulo its field, also within one millisecond. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SEQUENCE_MAX, SnowflakeMinter, start } from '../snowflake.ts';

class WrappingMinter extends SnowflakeMinter {
  protected override nextSequence(now: number, workerId: number): number {
    const isFull = now === this.lastMs && this.lastSequence === SEQUENCE_MAX;
    return isFull ? 0 : super.nextSequence(now, workerId);
  }
}

export default {
  name: 'wraps-sequence',
  summary: 'Snowflake whose sequence begins anew when it is full, in the same millisecond.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new WrappingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node'],
    because: 'sequence wrapped within a tick',
    shownBy: ['burst'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
