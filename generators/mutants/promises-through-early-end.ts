/** Promises `owns-worker-id` whatever the coordinator does: also when it ends a lease that was kept alive. */
import type { Generator } from '../../harness/core/generator.ts';
import type { Promise_ } from '../../harness/core/guarantee.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

const promises: readonly Promise_[] = PROMISES.map((promise) =>
  promise.guarantee === 'owns-worker-id' ? { guarantee: 'owns-worker-id' } : promise,
);

export default {
  name: 'promises-through-early-end',
  summary: 'Snowflake that promises more than its fence can keep.',
  promises,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new SnowflakeMinter(env)) },
  mutant: {
    breaks: ['owns-worker-id'],
    because: 'two holders: coordinator ended the lease early',
    shownBy: ['early-revoke', 'lease-expire'],
  },
} satisfies Generator;
