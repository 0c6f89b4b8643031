/** Takes a range in two statements: it reads the highest number, then writes a higher one. Two nodes may read the same. */
import type { Generator } from '../../harness/core/generator.ts';
import type { Range } from '../../harness/core/ranges.ts';
import { ATTEMPT_MS, KEY, LAYOUT, PROMISES, SegmentMinter } from '../segment.ts';

class TwoStatementsMinter extends SegmentMinter {
  protected override async take(): Promise<Range> {
    const { ranges } = this.env;
    const highest = await ranges.highest(KEY, ATTEMPT_MS);
    const to = highest + BigInt(this.settings.step);
    await ranges.setHighest(KEY, to, ATTEMPT_MS);
    return { from: highest + 1n, to };
  }
}

export default {
  name: 'segment-reads-then-writes',
  summary: 'Segment that takes its ranges in two statements.',
  coordinator: 'postgres',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => new TwoStatementsMinter(env).start() },
  mutant: {
    // What it writes late may lower the highest number again: then the same range comes back to one node, too.
    breaks: ['unique', 'increasing-per-node', 'increasing-across-lives'],
    because: 'range given to two nodes',
    shownBy: ['segment-database-stalls', 'segment-buffers-empty'],
    // Nodes that start at once meet.
    needsNoDisturbance: true,
  },
} satisfies Generator;
