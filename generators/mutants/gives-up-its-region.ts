/** A region that was cut off from the coordinator for a while never comes back. */
import type { Generator } from '../../harness/core/generator.ts';
import { start } from '../snowflake.ts';
import regional, { inRegion } from '../snowflake-regional.ts';
import { DiscouragedMinter } from './gives-up-at-silence.ts';

export default {
  ...regional,
  name: 'gives-up-its-region',
  summary: 'Snowflake on worker IDs of its region that stops when keep-alives have no answer, for good.',
  node: {
    kind: 'shell',
    create: (env) => start(new DiscouragedMinter({ ...env, options: inRegion(env.options, env.host.region) })),
  },
  mutant: { breaks: ['recovers'], because: 'silent after the heal', shownBy: ['regions'] },
} satisfies Generator;
