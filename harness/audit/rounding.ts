/**
 * Whether integers of JSON went through a number of JavaScript (or any other double) before they were written: then all
 * that lie above 2^53 are multiples of the spacing of doubles at their size, which IDs that count within a tick are not.
 * Pure.
 */
import type { Layout } from '../core/layout.ts';
import { idBitsOf, shiftsOf } from '../core/layout.ts';

/** What the unquoted integers of some input were. */
export interface Roundness {
  /** Above 2^53. */
  readonly above: number;
  /** Of them, multiples of the spacing of doubles at their size. */
  readonly multiples: number;
  /** Of them, IDs with a sequence that is not 0. */
  readonly inSequence: number;
}

export const NO_ROUNDNESS: Roundness = { above: 0, multiples: 0, inSequence: 0 };

/** Fewer prove nothing: one in two of those just above 2^53 is a multiple by chance. */
const ENOUGH = 64;
/** Where no layout says which bits count within a tick. */
const USUAL_SEQUENCE_BITS = 12;

/** A slow service whose IDs all have sequence 0 is honest, and they are all multiples. */
export function isRounded({ above, multiples, inSequence }: Roundness): boolean {
  return above >= ENOUGH && multiples === above && inSequence > 0;
}

export function together(all: readonly Roundness[]): Roundness {
  return all.reduce(
    (sum, { above, multiples, inSequence }) => ({
      above: sum.above + above,
      multiples: sum.multiples + multiples,
      inSequence: sum.inSequence + inSequence,
    }),
    NO_ROUNDNESS,
  );
}

/** Counts integers of 64 bits, in two words. */
export class RoundnessCounter {
  above = 0;
  multiples = 0;
  inSequence = 0;
  readonly #lowMask: number;
  readonly #highMask: number;

  constructor(layout: Layout | undefined) {
    const hasField = layout !== undefined && layout.sequenceBits > 0 && idBitsOf(layout) === 64;
    const shift = hasField ? shiftsOf(layout).sequence : 0;
    const bits = hasField ? layout.sequenceBits : USUAL_SEQUENCE_BITS;
    const mask = ((1n << BigInt(bits)) - 1n) << BigInt(shift);
    this.#lowMask = Number(mask & 0xffff_ffffn) | 0;
    this.#highMask = Number((mask >> 32n) & 0xffff_ffffn) | 0;
  }

  count(low: number, high: number): void {
    // 2^53 is 2^21 in the high word.
    if (high < 2 ** 21 || (high === 2 ** 21 && low === 0)) return;
    this.above++;
    // Doubles from 2^k on are 2^(k − 52) apart.
    const spacingBits = 31 - Math.clz32(high) + 32 - 52;
    if ((low & ((1 << spacingBits) - 1)) === 0) this.multiples++;
    if ((low & this.#lowMask) !== 0 || (high & this.#highMask) !== 0) this.inSequence++;
  }
}
