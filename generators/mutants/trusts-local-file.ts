/** Takes the worker ID from its disk when the coordinator is away as it starts: it had it once. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';
import { IndependentMinter } from './falls-back-to-static.ts';

const FILE = 'worker-id';

class FileTrustingMinter extends IndependentMinter {
  protected override hold(tenure: Tenure): void {
    super.hold(tenure);
    void this.env.disk.write(FILE, new TextEncoder().encode(String(tenure.workerId)));
  }

  protected override async fallback(): Promise<number | undefined> {
    const bytes = await this.env.disk.read(FILE);
    return bytes && Number(new TextDecoder().decode(bytes));
  }
}

export default {
  name: 'trusts-local-file',
  summary: 'Snowflake that starts without a coordinator, on the worker ID that its last life had.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new FileTrustingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id', 'recovers'],
    because: 'two holders: static beside leased',
    shownBy: ['started-without-coordinator'],
  },
} satisfies Generator;
