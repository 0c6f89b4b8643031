/** 41/10/12 Snowflake on worker IDs that the scenario gives to nodes: by `cluster.perNode`, or by their places. */
import type { Generator } from '../harness/core/generator.ts';
import { LAYOUT, start } from './snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from './worker-ids/static.ts';

export default {
  name: 'snowflake-static',
  summary:
    '41/10/12 Snowflake on a given worker ID, or 5 bits of datacenter and 5 of worker; its bound is on its own disk.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => start(new StaticMinter(env)) },
} satisfies Generator;
