/** Writes its bound without any comparison: neither whose the worker ID is, nor how high the bound stands. */
import type { Coordination, Generator, TxnResult } from '../../harness/core/generator.ts';
import {
  ATTEMPT_MS,
  boundKey,
  encodeBound,
  LAYOUT,
  PROMISES,
  refusesOptions,
  SnowflakeMinter,
  start,
} from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

class BlindMinter extends SnowflakeMinter {
  protected override raiseBound(coordination: Coordination, tenure: Tenure, to: number): Promise<TxnResult> {
    return coordination.txn([], [{ put: boundKey(tenure.workerId), value: encodeBound(to) }], [], ATTEMPT_MS);
  }
}

export default {
  name: 'puts-bound-blindly',
  summary: 'Snowflake that reserves time by a plain write.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new BlindMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'successor behind the earlier holder',
    shownBy: ['ahead-after-lease-expired'],
  },
} satisfies Generator;
