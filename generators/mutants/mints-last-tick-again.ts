/** Begins each call with the millisecond of the last ID, as if nothing of it had been minted. */
import type { Generator } from '../../harness/core/generator.ts';
import saturate, { SaturateMinter } from '../saturate.ts';
import { start } from '../snowflake.ts';

class RepeatingMinter extends SaturateMinter {
  protected override begin(now: number, floorMs: number): { readonly ms: number; readonly sequence: number } {
    return { ...super.begin(now, floorMs), sequence: 0 };
  }
}

export default {
  ...saturate,
  name: 'mints-last-tick-again',
  summary: 'Mints whole milliseconds, and that of its last ID twice.',
  node: { kind: 'shell', create: (env) => start(new RepeatingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node'],
    // Its time may be up to 20 ms old, and what is told first of two things that are so is not for it to choose.
    because: ['sequence reset within a tick', 'fell behind its clock'],
    shownBy: ['saturation', 'saturation-of-four'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
