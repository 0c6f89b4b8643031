/**
 * IDs as pairs of 32-bit words, for loops over many: one `bigint` an ID costs more than the whole check.
 */
import type { Layout } from './layout.ts';

/** Two words an ID, the low one first (every machine that Node 24 runs on is little-endian). */
export function wordsOf(ids: BigUint64Array): Uint32Array {
  return new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2);
}

/** Whether the ID at index `a` is greater than the one at `b`, unsigned. */
export function isGreater(words: Uint32Array, a: number, b: number): boolean {
  const highA = words[2 * a + 1]!;
  const highB = words[2 * b + 1]!;
  return highA === highB ? words[2 * a]! > words[2 * b]! : highA > highB;
}

/** Reads fields of one layout straight from the words of an ID; equal to `decodeId`. */
export interface FieldReader {
  /**
   * Everything above worker and sequence: a set sign bit makes it greater than any valid tick. Beyond 2^53, where no tick
   * is valid, it is rounded.
   */
  tick(words: Uint32Array, index: number): number;
  worker(words: Uint32Array, index: number): number;
}

export function fieldReader(layout: Layout): FieldReader {
  const timeShift = layout.workerBits + layout.sequenceBits;
  const tick = bitsFrom(timeShift, 64 - timeShift);
  const worker = bitsFrom(layout.sequenceBits, layout.workerBits);
  return {
    tick: (words, index) => tick(words[2 * index + 1]!, words[2 * index]!),
    worker: (words, index) => worker(words[2 * index + 1]!, words[2 * index]!),
  };
}

/** `bits` bits from bit `shift` on; of more than 53 the nearest number. `>>> 0` keeps what a bit operator gives unsigned. */
function bitsFrom(shift: number, bits: number): (high: number, low: number) => number {
  if (shift >= 32) return (high) => ((high >>> (shift - 32)) & maskOf(bits)) >>> 0;
  if (shift + bits <= 32) {
    const mask = maskOf(bits);
    return (_high, low) => ((low >>> shift) & mask) >>> 0;
  }
  const highMask = maskOf(shift + bits - 32);
  const highFactor = 2 ** (32 - shift);
  return (high, low) => ((high & highMask) >>> 0) * highFactor + (low >>> shift);
}

function maskOf(bits: number): number {
  return bits === 32 ? -1 : 2 ** bits - 1;
}
