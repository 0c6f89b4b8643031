/** Promises `unique` whatever the coordinator does: also when it forgets what it had acknowledged. */
import type { Generator } from '../../harness/core/generator.ts';
import type { Promise_ } from '../../harness/core/guarantee.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

const promises: readonly Promise_[] = PROMISES.map((promise) =>
  promise.guarantee === 'unique' ? { guarantee: 'unique' } : promise,
);

export default {
  name: 'promises-through-rollback',
  summary: 'Snowflake that promises more than its bound can keep.',
  promises,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new SnowflakeMinter(env)) },
  mutant: { breaks: ['unique'], because: 'coordinator rolled back', shownBy: ['etcd-restore-snapshot'] },
} satisfies Generator;
