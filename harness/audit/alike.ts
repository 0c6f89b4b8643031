/** Stretches of IDs with one tick and one worker ID, found without taking an ID apart: nearly all of the time goes here. */
import type { Layout } from '../core/layout.ts';
import { idBitsOf, shiftsOf } from '../core/layout.ts';

/** All bits but those of the sequence and of chance, as words. Where there is no time, its shift says what lies above all. */
export function maskOf(layout: Layout): Int32Array {
  const { time, worker } = shiftsOf(layout);
  const bits = BigInt(idBitsOf(layout));
  const ones = (count: bigint): bigint => (1n << count) - 1n;
  let mask = ones(bits) ^ ones(BigInt(time));
  mask |= ones(BigInt(layout.workerBits)) << BigInt(worker);
  for (const fixed of layout.fixed ?? []) mask |= ones(BigInt(fixed.bits)) << BigInt(fixed.shift);
  return new Int32Array(
    Array.from({ length: Number(bits / 32n) }, (_, k) => Number(BigInt.asIntN(32, mask >> BigInt(32 * k)))),
  );
}

/** Where, among the words of IDs, the first one stands that differs from `like` in a bit of the mask; or the end. */
export function firstOther(words: Int32Array, from: number, end: number, like: Int32Array, mask: Int32Array): number {
  const [m0 = 0, m1 = 0, m2 = 0, m3 = 0] = mask;
  const [l0 = 0, l1 = 0, l2 = 0, l3 = 0] = like;
  let at = from;
  if (mask.length === 2) while (at < end && (((words[at]! ^ l0) & m0) | ((words[at + 1]! ^ l1) & m1)) === 0) at += 2;
  else
    while (
      at < end &&
      (((words[at]! ^ l0) & m0) |
        ((words[at + 1]! ^ l1) & m1) |
        ((words[at + 2]! ^ l2) & m2) |
        ((words[at + 3]! ^ l3) & m3)) ===
        0
    )
      at += 4;
  return at;
}
