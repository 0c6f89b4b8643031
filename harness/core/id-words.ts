/**
 * IDs read as 32-bit words, for loops over many: one `bigint` an ID costs more than the whole check.
 */
import type { Layout } from './layout.ts';
import { idBitsOf, shiftsOf } from './layout.ts';

/** IDs of one layout, by index. */
export interface IdReader {
  at(index: number): bigint;
  /** Whether the ID at index `a` is greater than the one at `b`, unsigned. */
  isGreater(a: number, b: number): boolean;
  /**
   * Everything from the time upwards: a set sign bit makes it greater than any valid tick. Beyond 2^53, where no tick is
   * valid, it is rounded.
   */
  tick(index: number): number;
  worker(index: number): number;
  /** Of more than 53 bits, the nearest number. */
  sequence(index: number): number;
  /** Whether the fixed fields have the values that the layout gives them. */
  isMarked(index: number): boolean;
  /** Whether each 32-bit word of the ID is this one. */
  isAll(index: number, word: number): boolean;
}

/** Reads IDs as `History` has them; fields are equal to those of `decodeId`. */
export function idReader({ ids, layout }: { readonly ids: BigUint64Array; readonly layout: Layout }): IdReader {
  // Every machine that Node 24 runs on is little-endian: the lowest word comes first.
  const words = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2);
  const idBits = idBitsOf(layout);
  const shifts = shiftsOf(layout);
  const perId = idBits / 32;
  const tick = fieldAt(words, perId, shifts.time, idBits - shifts.time);
  const worker = fieldAt(words, perId, shifts.worker, layout.workerBits);
  const marks = (layout.fixed ?? []).map(({ shift, bits, value }) => ({
    read: fieldAt(words, perId, shift, bits),
    value,
  }));
  return {
    at: idBits === 64 ? (index) => ids[index]! : (index) => (ids[2 * index + 1]! << 64n) | ids[2 * index]!,
    isGreater: idBits === 64 ? greater64(words) : greater128(words),
    tick,
    worker,
    sequence: fieldAt(words, perId, shifts.sequence, layout.sequenceBits),
    isMarked: (index) => marks.every(({ read, value }) => read(index) === value),
    isAll: (index, word) => {
      for (let k = perId * index; k < perId * (index + 1); k++) if (words[k] !== word) return false;
      return true;
    },
  };
}

function greater64(words: Uint32Array): IdReader['isGreater'] {
  return (a, b) => {
    const highA = words[2 * a + 1]!;
    const highB = words[2 * b + 1]!;
    return highA === highB ? words[2 * a]! > words[2 * b]! : highA > highB;
  };
}

function greater128(words: Uint32Array): IdReader['isGreater'] {
  return (a, b) => {
    for (let k = 3; k > 0; k--) {
      const [ofA, ofB] = [words[4 * a + k]!, words[4 * b + k]!];
      if (ofA !== ofB) return ofA > ofB;
    }
    return words[4 * a]! > words[4 * b]!;
  };
}

/** `bits` bits from bit `shift` on; of more than 53 the nearest number. `>>> 0` keeps what a bit operator gives unsigned. */
function fieldAt(words: Uint32Array, perId: number, shift: number, bits: number): (index: number) => number {
  const parts: { readonly word: number; readonly low: number; readonly mask: number; readonly factor: number }[] = [];
  for (let word = Math.floor(shift / 32); word * 32 < shift + bits; word++) {
    const low = Math.max(0, shift - 32 * word);
    const high = Math.min(32, shift + bits - 32 * word);
    parts.push({ word, low, mask: maskOf(high - low), factor: 2 ** (32 * word + low - shift) });
  }
  const [first, second, ...more] = parts;
  if (bits === 0 || first === undefined) return () => 0;
  const lowest = (index: number): number => ((words[perId * index + first.word]! >>> first.low) & first.mask) >>> 0;
  if (second === undefined) return lowest;
  const lower = (index: number): number =>
    lowest(index) + ((words[perId * index + second.word]! & second.mask) >>> 0) * second.factor;
  if (more.length === 0) return lower;
  return (index) =>
    more.reduce(
      (sum, { word, mask, factor }) => sum + ((words[perId * index + word]! & mask) >>> 0) * factor,
      lower(index),
    );
}

function maskOf(bits: number): number {
  return bits === 32 ? -1 : 2 ** bits - 1;
}
