/** Answers -1 when its clock is behind, as if that were an ID. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason } from '../snowflake.ts';

const MINUS_ONE = 2n ** 64n - 1n;

class SentinelMinter extends SnowflakeMinter {
  override async mint(into: BigUint64Array, count: number): Promise<number> {
    try {
      return await super.mint(into, count);
    } catch (error) {
      if (!(error instanceof Error) || error.message !== ('clock behind' satisfies Reason)) throw error;
      into[0] = MINUS_ONE;
      return 1;
    }
  }
}

export default {
  name: 'error-as-id',
  summary: 'Snowflake whose clients get an error code for an ID.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new SentinelMinter(env)) },
  mutant: {
    breaks: ['fails-closed', 'well-formed', 'unique', 'increasing-per-node', 'increasing-across-lives', 'time-honest'],
    because: 'error passed as an ID',
    shownBy: ['storm'],
  },
} satisfies Generator;
