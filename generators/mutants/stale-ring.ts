/** Hands out whatever the ring holds, however long ago it was made. */
import type { Generator } from '../../harness/core/generator.ts';
import ringBuffer, { RingMinter } from '../ring-buffer.ts';
import { LAYOUT, refusesOptions, start } from '../snowflake.ts';

class StaleMinter extends RingMinter {
  protected override isFresh(): boolean {
    return true;
  }
}

export default {
  name: 'stale-ring',
  summary: 'Ring buffer whose IDs do not age.',
  promises: ringBuffer.promises,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new StaleMinter(env)) },
  mutant: {
    breaks: ['time-honest'],
    because: 'fell behind its clock',
    shownBy: ['idle-ring'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
