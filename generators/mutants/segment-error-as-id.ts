/** When both buffers are empty it answers -3, as Leaf does, and nobody looks at the status beside it. */
import type { Generator } from '../../harness/core/generator.ts';
import { LAYOUT, PROMISES, SegmentMinter } from '../segment.ts';

/** Leaf's EXCEPTION_ID_TWO_SEGMENTS_ARE_NULL (SegmentIDGenImpl). */
const TWO_SEGMENTS_ARE_NULL = -3n;

class SentinelMinter extends SegmentMinter {
  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    if (this.holding() !== undefined) return super.mint(into, count);
    this.prefetch();
    into[0] = BigInt.asUintN(64, TWO_SEGMENTS_ARE_NULL);
    return 1;
  }
}

export default {
  name: 'segment-error-as-id',
  summary: 'Segment that answers -3 when it has no ID.',
  coordinator: 'postgres',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env) => new SentinelMinter(env).start() },
  mutant: {
    // The same value again and again, greater than any ID when it is read without its sign.
    breaks: ['well-formed', 'fails-closed', 'unique', 'increasing-per-node', 'increasing-across-lives'],
    because: 'error passed as an ID',
    shownBy: ['segment-buffers-empty'],
  },
} satisfies Generator;
