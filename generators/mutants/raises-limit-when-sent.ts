/** Mints up to the bound that it asked for, whether or not that was ever written: time reserved on hope. */
import type { Coordination, Generator, TxnResult } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

class HopefulMinter extends SnowflakeMinter {
  protected override raiseBound(coordination: Coordination, tenure: Tenure, to: number): Promise<TxnResult> {
    tenure.limitMs = Math.max(tenure.limitMs, to);
    return super.raiseBound(coordination, tenure, to);
  }
}

export default {
  name: 'raises-limit-when-sent',
  summary: 'Snowflake that takes time for reserved when it has only asked for it.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new HopefulMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'successor behind the earlier holder',
    shownBy: ['ahead-while-cut'],
  },
} satisfies Generator;
