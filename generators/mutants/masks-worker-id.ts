/** Cuts a worker ID that is too wide down to the bits of its field, so that it becomes the one of another node. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from '../worker-ids/static.ts';

/** The worker IDs of this cluster are 0, 512, 1024, …: the third is the first again. */
const STRIDE = 512;

class MaskingMinter extends StaticMinter {
  protected override async acquire(): Promise<Tenure> {
    return { ...(await super.acquire()), workerId: this.env.host.index * STRIDE };
  }

  protected override compose(unixMs: number, workerId: number, sequence: number): bigint {
    return super.compose(unixMs, workerId % 2 ** LAYOUT.workerBits, sequence);
  }
}

export default {
  name: 'masks-worker-id',
  summary: 'Snowflake on given worker IDs that do not fit.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => start(new MaskingMinter(env)) },
  mutant: {
    breaks: ['well-formed', 'unique', 'recovers'],
    because: 'worker ID wider than its field',
    shownBy: ['static-ids'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
