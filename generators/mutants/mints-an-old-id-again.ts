/** Mints an ID again that is half as old as its life, every other second: what finds it has to remember the whole run. */
import type { Generator } from '../../harness/core/generator.ts';
import saturate, { SaturateMinter } from '../saturate.ts';
import { start } from '../snowflake.ts';

const NS_PER_S = 1_000_000_000n;

class RecallingMinter extends SaturateMinter {
  /** An ID of each second of this life. */
  readonly #remembered: bigint[] = [];
  #beganNs: bigint | undefined;

  override mint(into: BigUint64Array, count: number): number | Promise<number> {
    const minted = super.mint(into, count);
    if (typeof minted === 'number') this.#recall(into, minted);
    return minted;
  }

  #recall(into: BigUint64Array, minted: number): void {
    const now = this.env.monotonicNs();
    this.#beganNs ??= now;
    const second = Number((now - this.#beganNs) / NS_PER_S);
    const isNew = this.#remembered.length <= second;
    while (this.#remembered.length <= second) this.#remembered.push(into[0]!);
    if (isNew && second > 0 && second % 2 === 0) into[minted - 1] = this.#remembered[second / 2]!;
  }
}

export default {
  ...saturate,
  name: 'mints-an-old-id-again',
  summary: 'Mints whole milliseconds, and now and then an ID of long ago among them.',
  node: { kind: 'shell', create: (env) => start(new RecallingMinter(env)) },
  mutant: {
    breaks: ['unique', 'increasing-per-node', 'time-honest'],
    because: ['fell behind its clock', 'sequence reset within a tick'],
    shownBy: ['saturation', 'saturation-of-four'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
