/** Raises the bound of its worker ID without asking whether that is still its own. */
import type { Coordination, Generator, TxnResult } from '../../harness/core/generator.ts';
import {
  ATTEMPT_MS,
  boundKey,
  encodeBound,
  LAYOUT,
  ownerKey,
  PROMISES,
  refusesOptions,
  SnowflakeMinter,
  start,
} from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';

class UnguardedMinter extends SnowflakeMinter {
  protected override raiseBound(coordination: Coordination, tenure: Tenure, to: number): Promise<TxnResult> {
    const [owner, bound] = [ownerKey(tenure.workerId), boundKey(tenure.workerId)];
    return coordination.txn(
      [{ key: bound, target: 'value', op: '<', value: encodeBound(to) }],
      [{ put: bound, value: encodeBound(to) }],
      [{ get: owner }, { get: bound }],
      ATTEMPT_MS,
    );
  }
}

export default {
  name: 'extends-unguarded',
  summary: "Snowflake that reserves time under a worker ID that may be another node's by now.",
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new UnguardedMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'successor behind the earlier holder',
    shownBy: ['ahead-after-lease-expired'],
  },
} satisfies Generator;
