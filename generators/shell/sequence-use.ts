/**
 * How much of their sequence numbers the IDs of a node use: read from the IDs themselves, at about a nanosecond each.
 */
import type { Layout } from '../../harness/core/layout.ts';
import { shiftsOf, wordsPerId } from '../../harness/core/layout.ts';

const NS_PER_S = 1_000_000_000n;
const HALF_BITS = 32;

export interface SequenceUse {
  /** Sequence numbers of one worker ID in a second. */
  readonly perSecond: number;
  /** How many of these IDs took the last sequence number of their tick. */
  lastOfTick(ids: BigUint64Array): number;
}

/**
 * Undefined where IDs have no sequence beside a time, or one that does not lie within one 32-bit half of a word: random
 * bits and plain counters.
 */
export function sequenceUse(layout: Layout): SequenceUse | undefined {
  const { timeBits, sequenceBits, tickMs } = layout;
  const shift = shiftsOf(layout).sequence;
  const within = shift % HALF_BITS;
  if (timeBits === 0 || sequenceBits === 0 || within + sequenceBits > HALF_BITS) return undefined;
  const half = Math.floor(shift / HALF_BITS);
  const halves = 2 * wordsPerId(layout);
  const last = 2 ** sequenceBits - 1;
  return {
    perSecond: ((last + 1) * 1000) / tickMs,
    lastOfTick: (ids) => {
      // Words lie in memory as the CPU has them, low half first: the shell runs on nothing else.
      const words = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
      let found = 0;
      for (let at = half; at < words.length; at += halves) if (((words[at]! >>> within) & last) >>> 0 === last) found++;
      return found;
    },
  };
}

/** How many things happened within the last whole second of a monotonic clock, whoever asks and however often. */
export class LastSecond {
  readonly #monotonicNs: () => bigint;
  #second = 0n;
  #now = 0;
  #before = 0;

  constructor(monotonicNs: () => bigint) {
    this.#monotonicNs = monotonicNs;
  }

  add(count: number): void {
    this.#roll();
    this.#now += count;
  }

  count(): number {
    this.#roll();
    return this.#before;
  }

  #roll(): void {
    const second = this.#monotonicNs() / NS_PER_S;
    if (second === this.#second) return;
    this.#before = second === this.#second + 1n ? this.#now : 0;
    this.#now = 0;
    this.#second = second;
  }
}
