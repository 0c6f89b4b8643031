/**
 * After a request without an answer it looks how far the database is and takes the last range for its own: another node
 * may have got that.
 */
import type { Generator } from '../../harness/core/generator.ts';
import type { Range } from '../../harness/core/ranges.ts';
import { ATTEMPT_MS, isOutage, KEY, LAYOUT, PROMISES, RETRY_MS, SegmentMinter } from '../segment.ts';

class GuessingMinter extends SegmentMinter {
  #last = 0n;

  protected override async take(): Promise<Range> {
    try {
      return await super.take();
    } catch (error) {
      if ((error as Error).name !== 'CoordinationTimeout') throw error;
      const to = await this.#highest();
      // It is not so blind as to use its own numbers again.
      if (to <= this.#last) return this.take();
      return { from: to - BigInt(this.settings.step) + 1n, to };
    }
  }

  protected override filled(range: Range): void {
    this.#last = range.to;
    super.filled(range);
  }

  async #highest(): Promise<bigint> {
    for (;;) {
      try {
        return await this.env.ranges.highest(KEY, ATTEMPT_MS);
      } catch (error) {
        if (!isOutage(error)) throw error;
        await this.env.sleep(RETRY_MS);
      }
    }
  }
}

export default {
  name: 'segment-guesses-lost-range',
  summary: 'Segment that takes the last range for the one whose answer it lost.',
  coordinator: 'postgres',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => new GuessingMinter(env).start() },
  mutant: {
    breaks: ['unique'],
    because: 'range given to two nodes',
    shownBy: ['segment-database-stalls', 'segment-buffers-empty'],
    // Now and then a packet is lost without anybody's doing.
    needsNoDisturbance: true,
  },
} satisfies Generator;
