/** Writes the bound that its clock asks for, also where a higher one stands: an owner, but one that forgets. */
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

class LoweringMinter extends SnowflakeMinter {
  protected override extend(tenure: Tenure): Promise<boolean> {
    tenure.limitMs = Math.min(tenure.limitMs, this.env.wallMs());
    return super.extend(tenure);
  }

  protected override raiseBound(coordination: Coordination, tenure: Tenure, to: number): Promise<TxnResult> {
    const [owner, bound] = [ownerKey(tenure.workerId), boundKey(tenure.workerId)];
    return coordination.txn(
      [
        { key: owner, target: 'create', op: '=', revision: tenure.createRevision },
        { key: owner, target: 'value', op: '=', value: tenure.nonce },
      ],
      [{ put: bound, value: encodeBound(to) }],
      [{ get: owner }, { get: bound }],
      ATTEMPT_MS,
    );
  }
}

export default {
  name: 'lowers-bound',
  summary: 'Snowflake whose bound follows its clock, down too.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new LoweringMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'successor behind the earlier holder',
    shownBy: ['ahead-then-handed-over'],
  },
} satisfies Generator;
