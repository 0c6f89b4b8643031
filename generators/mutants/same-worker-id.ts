/** Takes its worker ID from a configuration that all nodes were given alike. */
import type { Generator, GeneratorEnv } from '../../harness/core/generator.ts';
import { LAYOUT, start } from '../snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from '../worker-ids/static.ts';

class TwinMinter extends StaticMinter {
  constructor(env: GeneratorEnv) {
    super({ ...env, options: { workerId: 7 } });
  }
}

export default {
  name: 'same-worker-id',
  summary: 'Snowflake whose nodes all have one worker ID.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => start(new TwinMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id', 'recovers'],
    because: 'two holders: no lease',
    shownBy: ['static-ids', 'first-look'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
