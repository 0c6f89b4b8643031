/** Leases one worker ID too many at the boundary: the last static one, under which a static node mints. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT } from '../snowflake.ts';
import { createHybrid, HYBRID_PROMISES, refusesHybrid } from '../snowflake-hybrid.ts';

export default {
  name: 'leases-a-static-id',
  summary: 'Hybrid worker IDs whose leased range begins with the last static one.',
  promises: HYBRID_PROMISES,
  layout: LAYOUT,
  refuses: refusesHybrid,
  node: { kind: 'shell', create: (env) => createHybrid(env, ({ from, to }) => ({ from: from - 1, to })) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id'],
    because: 'two holders: static beside leased',
    shownBy: ['hybrid-ids'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
