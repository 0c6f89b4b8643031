/** Derives its worker ID from the name of its host, as others do from an address or a process number: 4 bits of it. */
import type { Generator, GeneratorEnv } from '../../harness/core/generator.ts';
import { LAYOUT, start } from '../snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from '../worker-ids/static.ts';

/** Few, so that few nodes collide; with 1024 places half of all clusters of 38 nodes have a collision. */
const PLACES = 2;

const hashOf = (name: string): number => [...name].reduce((hash, letter) => hash * 31 + letter.charCodeAt(0), 0);

class DerivingMinter extends StaticMinter {
  constructor(env: GeneratorEnv) {
    super({ ...env, options: {}, host: { ...env.host, index: hashOf(env.host.name) % PLACES } });
  }
}

export default {
  name: 'derives-worker-id',
  summary: 'Snowflake whose worker ID is what is left of the name of its host.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => start(new DerivingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives', 'owns-worker-id', 'recovers'],
    because: 'two holders: no lease',
    shownBy: ['static-ids'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
