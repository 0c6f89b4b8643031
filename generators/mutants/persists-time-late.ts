/** Writes its time to disk every 3 s, and looks at it once, when it starts: a step back that is shorter gets through. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, start } from '../snowflake.ts';
import type { Tenure } from '../snowflake.ts';
import { refusesStatic, STATIC_PROMISES, StaticMinter } from '../worker-ids/static.ts';

const REPORT_EVERY_MS = 3000;

class LateReportingMinter extends StaticMinter {
  #reportedMs = -Infinity;

  protected override async extend(tenure: Tenure): Promise<boolean> {
    const now = this.env.wallMs();
    this.believe(now);
    tenure.limitMs = Number.MAX_SAFE_INTEGER;
    if (now - this.#reportedMs < REPORT_EVERY_MS) return true;
    this.#reportedMs = now;
    await this.writeBound(now);
    return true;
  }
}

export default {
  name: 'persists-time-late',
  summary: 'Snowflake on a given worker ID whose memory of its time is up to 3 s old.',
  coordinator: 'none',
  promises: STATIC_PROMISES,
  layout: LAYOUT,
  refuses: refusesStatic,
  node: { kind: 'shell', create: (env) => start(new LateReportingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'clock stepped back across a restart',
    shownBy: ['killed-and-a-little-back'],
  },
} satisfies Generator;
