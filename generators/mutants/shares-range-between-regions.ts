/** Every region leases from the range of the first one: where coordinators are apart, nothing keeps two holders apart. */
import type { Generator, GeneratorEnv } from '../../harness/core/generator.ts';
import { SnowflakeMinter, start } from '../snowflake.ts';
import regional, { inRegion } from '../snowflake-regional.ts';

function inFirstRegion(options: GeneratorEnv['options']): GeneratorEnv['options'] {
  const { regions = {} } = options;
  return inRegion(options, Object.keys(regions as object)[0]);
}

export default {
  ...regional,
  name: 'shares-range-between-regions',
  summary: 'Snowflake on worker IDs leased from one range by all regions.',
  node: {
    kind: 'shell',
    create: (env) => start(new SnowflakeMinter({ ...env, options: inFirstRegion(env.options) })),
  },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id'],
    because: 'two holders: by two coordinators',
    shownBy: ['region-without-coordinator'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
