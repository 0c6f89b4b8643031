/**
 * Reads the clock once a batch, and looks at fence and bound once. A batch of more IDs than a millisecond holds goes on
 * with the next millisecond by itself, without having seen the clock come there.
 */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SEQUENCE_MAX, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class OneReadingMinter extends SnowflakeMinter {
  /** Of the batch; undefined before it. */
  #readMs: number | undefined;

  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    this.#readMs = undefined;
    return super.mint(into, count);
  }

  protected override readClock(tenure: Tenure): number | Reason {
    // One that the last batch ran ahead of gives no ID.
    if (this.#readMs === undefined || this.#readMs < this.lastMs) {
      const reading = super.readClock(tenure);
      if (typeof reading === 'string') return reading;
      this.#readMs = reading;
    }
    if (this.#readMs === this.lastMs && this.lastSequence === SEQUENCE_MAX) this.#readMs++;
    return this.#readMs;
  }
}

export default {
  name: 'reads-clock-once-a-batch',
  summary: 'Snowflake that reads its clock for the first ID of a batch and counts on from there.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new OneReadingMinter(env)) },
  mutant: {
    breaks: ['time-honest'],
    because: 'ran ahead of its clock',
    shownBy: ['burst'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
