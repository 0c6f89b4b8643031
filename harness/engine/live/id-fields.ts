/**
 * The bits of an ID that do not change while one node mints under one worker ID, as masks of 32-bit words: one comparison
 * an ID says whether all of them are as they should be. Pure.
 */
import { HELD_NONE } from '../../core/held.ts';
import type { Layout } from '../../core/layout.ts';
import { idBitsOf, isOpaque, shiftsOf } from '../../core/layout.ts';

export interface IdFields {
  /** 32-bit words of an ID, the low one first. */
  readonly words: 2 | 4;
  /** Bits that stay: those above the time, fixed fields, the worker ID. By word. */
  readonly staying: Int32Array;
  /** The worker ID in an ID; 0n where IDs carry none. */
  keyOf(id: bigint): bigint;
  /** What an ID of a node that held this worker ID has to look like; where it is not known what it held, but for that. */
  soundOf(held: number): SoundBits;
}

/** Bits that an ID has to have, by 32-bit word. */
export interface SoundBits {
  readonly mask: Int32Array;
  readonly value: Int32Array;
  /** No ID has them: the node held none, or one that does not fit. */
  readonly never: boolean;
}

/** `untoldHolders`: nodes do not say what they hold. */
export function idFields(layout: Layout, untoldHolders: boolean): IdFields {
  const idBits = idBitsOf(layout);
  const words = idBits === 64 ? 2 : 4;
  const shifts = shiftsOf(layout);
  const bits = (shift: number, count: number): bigint => ((1n << BigInt(count)) - 1n) << BigInt(shift);
  const top = Math.min(idBits, shifts.time + layout.timeBits);
  const opaque = isOpaque(layout);
  const above = opaque ? 0n : bits(top, idBits - top);
  const fixed = layout.fixed ?? [];
  const marked = fixed.reduce((mask, field) => mask | bits(field.shift, field.bits), 0n);
  const marks = fixed.reduce((value, field) => value | (BigInt(field.value) << BigInt(field.shift)), 0n);
  const worker = bits(shifts.worker, layout.workerBits);
  const inWords = (value: bigint): Int32Array =>
    Int32Array.from({ length: words }, (_, word) => Number(BigInt.asIntN(32, value >> BigInt(32 * word))));
  const known = new Map<number, SoundBits>();
  const soundBits = (held: number): SoundBits => {
    const isNamed = layout.workerBits > 0 && held >= HELD_NONE && !(held === HELD_NONE && untoldHolders);
    if (!isNamed) return { mask: inWords(above | marked), value: inWords(marks), never: false };
    const never = held < 0 || held >= 2 ** layout.workerBits;
    const value = marks | ((BigInt(held) << BigInt(shifts.worker)) & worker);
    return { mask: inWords(above | marked | worker), value: inWords(value), never };
  };
  return {
    words,
    staying: inWords(above | marked | worker),
    keyOf: (id) => (id & worker) >> BigInt(shifts.worker),
    soundOf(held) {
      const bits = known.get(held) ?? soundBits(held);
      known.set(held, bits);
      return bits;
    },
  };
}

/** Whether the ID at an index is well-formed. */
export function isSound(words: Uint32Array, index: number, { mask, value, never }: SoundBits): boolean {
  if (never) return false;
  const at = mask.length * index;
  for (let word = 0; word < mask.length; word++) if ((words[at + word]! & mask[word]!) !== value[word]!) return false;
  return true;
}

/** Whether the ID at index `a` exceeds the one at `b`. */
export function isGreater(words: Uint32Array, perId: 2 | 4, a: number, b: number): boolean {
  const [atA, atB] = [perId * a, perId * b];
  let word = perId - 1;
  while (word > 0 && words[atA + word] === words[atB + word]) word--;
  return words[atA + word]! > words[atB + word]!;
}

/** The ID at an index of 32-bit words. */
export function idAt(words: Uint32Array, perId: 2 | 4, index: number): bigint {
  let id = 0n;
  for (let word = perId - 1; word >= 0; word--) id = (id << 32n) | BigInt(words[perId * index + word]!);
  return id;
}

/** Where the IDs from `from` on cease to rise, or to have the staying bits of the first: an index up to `to`. */
export function endOfStretch(
  words: Uint32Array,
  { words: perId, staying }: IdFields,
  from: number,
  to: number,
): number {
  return perId === 2 ? endOf64(words, staying, from, to) : endOf128(words, staying, from, to);
}

function endOf64(words: Uint32Array, staying: Int32Array, from: number, to: number): number {
  const [maskLow, maskHigh] = [staying[0]!, staying[1]!];
  let low = words[2 * from]!;
  let high = words[2 * from + 1]!;
  const [bitsLow, bitsHigh] = [low & maskLow, high & maskHigh];
  for (let index = from + 1; index < to; index++) {
    const nextLow = words[2 * index]!;
    const nextHigh = words[2 * index + 1]!;
    const rises = nextHigh > high || (nextHigh === high && nextLow > low);
    if (!rises || (nextLow & maskLow) !== bitsLow || (nextHigh & maskHigh) !== bitsHigh) return index;
    low = nextLow;
    high = nextHigh;
  }
  return to;
}

function endOf128(words: Uint32Array, staying: Int32Array, from: number, to: number): number {
  for (let index = from + 1; index < to; index++) {
    const at = 4 * index;
    if (!isGreater(words, 4, index, index - 1)) return index;
    for (let each = 0; each < 4; each++)
      if ((words[at + each]! & staying[each]!) !== (words[4 * from + each]! & staying[each]!)) return index;
  }
  return to;
}
