/** Takes its epoch from a configuration that was changed while it was down: later lives count from a day later. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';

const DAY_MS = 86_400_000;

class ReconfiguredMinter extends SnowflakeMinter {
  protected override compose(unixMs: number, workerId: number, sequence: number): bigint {
    const laterMs = this.env.host.incarnation > 1 ? DAY_MS : 0;
    return super.compose(unixMs - laterMs, workerId, sequence);
  }
}

export default {
  name: 'changes-epoch-between-lives',
  summary: 'Snowflake whose epoch moves by a day when it is restarted.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new ReconfiguredMinter(env)) },
  mutant: {
    breaks: ['time-honest', 'increasing-across-lives', 'unique'],
    because: 'another epoch, unit or width than declared',
    shownBy: ['storm', 'kill-under-load'],
  },
} satisfies Generator;
