/** Registers anew when it lost its worker ID, and goes on with the one it had at first. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

class AttachedMinter extends SnowflakeMinter {
  #first: number | undefined;

  protected override compose(unixMs: number, workerId: number, sequence: number): bigint {
    this.#first ??= workerId;
    return super.compose(unixMs, this.#first, sequence);
  }
}

export default {
  name: 'mints-under-first-worker-id',
  summary: 'Snowflake that puts its first worker ID into all its IDs.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new AttachedMinter(env)) },
  mutant: {
    breaks: ['well-formed', 'unique'],
    because: 'worker ID of an earlier tenure',
    shownBy: ['storm'],
  },
} satisfies Generator;
