/**
 * A call that finds both buffers empty waits for the range that is on its way and uses it, while the range goes into the
 * spare buffer as well: the hand-over is two steps (younglifestyle/goLeaf PR 2 mended such a one).
 */
import type { Generator } from '../../harness/core/generator.ts';
import type { Range } from '../../harness/core/ranges.ts';
import { LAYOUT, PROMISES, SegmentMinter } from '../segment.ts';

/** The longest that a call waits. */
const WAIT_MS = 400;
const LOOK_EVERY_MS = 5;

class TwiceMinter extends SegmentMinter {
  #arrived: Range | undefined;

  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    return this.holding() === undefined ? this.#mintLater(into, count) : super.mint(into, count);
  }

  async #mintLater(into: BigUint64Array, count: number): Promise<number> {
    this.#arrived = undefined;
    this.prefetch();
    for (let waitedMs = 0; waitedMs < WAIT_MS && this.#arrived === undefined; waitedMs += LOOK_EVERY_MS)
      await this.env.sleep(LOOK_EVERY_MS);
    const arrived = this.#arrived as Range | undefined;
    if (arrived !== undefined) this.current = { next: arrived.from, to: arrived.to };
    return super.mint(into, count);
  }

  protected override filled(range: Range): void {
    this.#arrived = range;
    super.filled(range);
  }
}

export default {
  name: 'segment-hands-over-twice',
  summary: 'Segment whose hand-over of buffers is not one step.',
  coordinator: 'postgres',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => new TwiceMinter(env).start() },
  mutant: {
    breaks: ['unique', 'increasing-per-node'],
    because: 'range handed out twice',
    shownBy: ['segment-buffers-empty'],
  },
} satisfies Generator;
