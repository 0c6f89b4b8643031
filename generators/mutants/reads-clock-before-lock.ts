/**
 * Reads the clock and then waits for its lock. When it gets it, another request may have minted later times; it takes
 * every time but the last for a new one, as that was true when it read, and begins an earlier tick a second time.
 */
import type { Generator, GeneratorEnv, Minter } from '../../harness/core/generator.ts';
import { Lock, withLanes } from '../clocked/lanes.ts';
import sonyflake, { LANES, LAYOUT, refusesMachineIds, SonyflakeMinter } from '../sonyflake.ts';

class EarlyReadingMinter extends SonyflakeMinter {
  #readMs: number | undefined;

  /** `readMs`: what the clock showed when the request came. */
  mintAt(readMs: number, into: BigUint64Array, count: number): number | Promise<number> {
    this.#readMs = readMs;
    return this.mint(into, count);
  }

  /** The reading of the request serves for its first ID. */
  protected override readClock(): number {
    const readMs = this.#readMs ?? super.readClock();
    this.#readMs = undefined;
    return readMs;
  }

  protected override begins(current: number): boolean {
    return this.tick !== current;
  }
}

function create(env: GeneratorEnv): Minter {
  const [minter, lock] = [new EarlyReadingMinter(env), new Lock()];
  return withLanes(LANES, minter, (into, count) => {
    const readMs = env.wallMs();
    return lock.run(() => minter.mintAt(readMs, into, count));
  });
}

export default {
  name: 'reads-clock-before-lock',
  summary: 'Sonyflake whose lock does not cover the reading of the clock.',
  coordinator: 'none',
  promises: sonyflake.promises,
  layout: LAYOUT,
  refuses: refusesMachineIds,
  node: { kind: 'shell', create },
  mutant: {
    breaks: ['increasing-per-node'],
    because: 'threads raced for one sequence',
    shownBy: ['waiting-for-the-lock'],
    needsNoDisturbance: true,
  },
} satisfies Generator;
