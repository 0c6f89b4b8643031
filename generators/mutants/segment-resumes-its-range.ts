/** Keeps its range on disk so as to waste none of it, but not how far it is: a restart begins the range again. */
import type { Generator, GeneratorEnv } from '../../harness/core/generator.ts';
import type { Range } from '../../harness/core/ranges.ts';
import { LAYOUT, PROMISES, SegmentMinter } from '../segment.ts';

const FILE = 'range';

class ResumingMinter extends SegmentMinter {
  async resume(): Promise<this> {
    const kept = await this.env.disk.read(FILE);
    if (kept === undefined) return this.start();
    const [from, to] = new TextDecoder().decode(kept).split(' ').map(BigInt) as [bigint, bigint];
    this.current = { next: from, to };
    return this.start();
  }

  protected override async take(): Promise<Range> {
    const range = await super.take();
    await this.env.disk.write(FILE, new TextEncoder().encode(`${range.from} ${range.to}`));
    return range;
  }
}

export default {
  name: 'segment-resumes-its-range',
  summary: 'Segment that begins its last range again after a restart.',
  coordinator: 'postgres',
  promises: PROMISES,
  layout: LAYOUT,
  node: { kind: 'shell', create: (env: GeneratorEnv) => new ResumingMinter(env).resume() },
  mutant: {
    breaks: ['unique', 'increasing-across-lives'],
    because: 'range used again after a restart',
    shownBy: ['segment-killed'],
  },
} satisfies Generator;
