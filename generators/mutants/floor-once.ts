/** Waits once for its clock to pass the floor, and never looks again: a clock that steps back goes below it. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, refusesOptions, SnowflakeMinter, start } from '../snowflake.ts';
import type { Reason, Tenure } from '../snowflake.ts';

/** How often it looks whether the floor is passed. */
const LOOK_EVERY_MS = 10;

class ForgetfulMinter extends SnowflakeMinter {
  /** The tenure whose floor it has seen its clock pass. */
  #past: Tenure | undefined;

  protected override async serve(tenure: Tenure): Promise<void> {
    void this.#waitForFloor(tenure);
    await super.serve(tenure);
  }

  async #waitForFloor(tenure: Tenure): Promise<void> {
    while (this.env.wallMs() <= tenure.floorMs) await this.env.sleep(LOOK_EVERY_MS);
    this.#past = tenure;
  }

  protected override outsideBound(tenure: Tenure, now: number): Reason | undefined {
    if (this.#past !== tenure) return 'floor';
    return now <= tenure.floorMs ? undefined : super.outsideBound(tenure, now);
  }
}

export default {
  name: 'floor-once',
  summary: 'Snowflake that checks the floor once in each tenure.',
  promises: PROMISES,
  layout: LAYOUT,
  refuses: refusesOptions,
  node: { kind: 'shell', create: (env) => start(new ForgetfulMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'successor behind the earlier holder',
    shownBy: ['clock-strobe-at-hand-over'],
  },
} satisfies Generator;
