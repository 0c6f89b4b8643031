/** Takes one keep-alive without an answer for the end of all: it never mints again, though its lease still holds. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

class DiscouragedMinter extends SnowflakeMinter {
  #gaveUp = false;

  protected override async keepAliveOnce(tenure: Tenure): Promise<boolean> {
    const answered = await super.keepAliveOnce(tenure);
    if (!answered) this.#gaveUp = true;
    return answered;
  }

  protected override readClock(tenure: Tenure): number | Reason {
    return this.#gaveUp ? 'lease over' : super.readClock(tenure);
  }
}

export default {
  name: 'gives-up-at-silence',
  summary: 'Snowflake that stops when a keep-alive has no answer, also when the coordinator is there again.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new DiscouragedMinter(env)) },
  mutant: {
    breaks: ['recovers'],
    because: 'silent after the heal',
    shownBy: ['bridge', 'majorities-ring', 'lossy-link', 'slow-link', 'far-link'],
  },
} satisfies Generator;
