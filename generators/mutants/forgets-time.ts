/** Begins each life as if it were the first: what it minted before a restart is nowhere but in IDs. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, start } from '../snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from '../worker-ids/static.ts';

class ForgetfulMinter extends StaticMinter {
  protected override async readBound(): Promise<number> {
    return 0;
  }
}

export default {
  name: 'forgets-time',
  summary: 'Snowflake on a given worker ID that remembers nothing across a restart.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => start(new ForgetfulMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'clock stepped back across a restart',
    shownBy: ['killed-and-a-little-back'],
  },
} satisfies Generator;
