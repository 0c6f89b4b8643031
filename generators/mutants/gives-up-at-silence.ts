/** Takes two keep-alives without an answer for the end of all: it never mints again, though its lease may still hold. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

/** After so many in a row it gives up. */
const LAST = 2;

export class DiscouragedMinter extends SnowflakeMinter {
  #unanswered = 0;

  protected override async keepAliveOnce(tenure: Tenure): Promise<boolean> {
    const answered = await super.keepAliveOnce(tenure);
    // For good: an answer that comes later changes nothing.
    if (!answered || this.#unanswered >= LAST) this.#unanswered++;
    else this.#unanswered = 0;
    return answered;
  }

  protected override readClock(tenure: Tenure): number | Reason {
    return this.#unanswered >= LAST ? 'lease over' : super.readClock(tenure);
  }
}

export default {
  name: 'gives-up-at-silence',
  summary: 'Snowflake that stops when keep-alives have no answer, also when the coordinator is there again.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new DiscouragedMinter(env)) },
  mutant: {
    breaks: ['recovers'],
    because: 'silent after the heal',
    shownBy: ['lossy-link', 'far-link', 'majority-side', 'etcd-minority'],
  },
} satisfies Generator;
