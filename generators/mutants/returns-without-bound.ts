/** Comes back to the worker ID that it remembers and takes no notice of what was minted under it before. */
import type { Generator } from '../../harness/core/generator.ts';
import remembered, { RememberingMinter } from '../snowflake-remembered.ts';
import type { Reason, Tenure } from '../snowflake.ts';
import { start } from '../snowflake.ts';

class CarelessMinter extends RememberingMinter {
  protected override outsideBound(): Reason | undefined {
    return undefined;
  }

  protected override async serve(tenure: Tenure): Promise<void> {
    await this.keepLease(tenure);
  }
}

export default {
  ...remembered,
  name: 'returns-without-bound',
  summary: 'Snowflake that remembers its worker ID, and trusts its clock not to have gone back since.',
  node: { kind: 'shell', create: (env) => start(new CarelessMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'clock stepped back across a restart',
    shownBy: ['restart-old-id'],
  },
} satisfies Generator;
