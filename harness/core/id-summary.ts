/**
 * What is said of each batch in place of its IDs: enough to judge order, uniqueness and fields of a batch that is in order
 * without looking at an ID again. Pure; two nanoseconds an ID where a batch is in order.
 */

/** A column an aspect, a batch an entry; IDs as they lie in the tap, in words of 32 bits, the lowest first. */
export interface IdSummaries {
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  /** By value, unsigned. */
  readonly lowest: Uint32Array;
  readonly greatest: Uint32Array;
  /** The bits in which IDs of the batch differ; a field of which none is set here is the same in all of them. */
  readonly varying: Uint32Array;
  /** Positions whose ID is not greater than the one before in the batch. */
  readonly backward: Uint32Array;
  /**
   * Of a batch with such positions: the increasing stretches that it falls into, in order, each as its lowest and its
   * greatest ID; where there are more than STEPS_MAX of them, those up to the last of the first STEPS_MAX.
   */
  readonly stretches: {
    /** IDs of this batch and of all before it. */
    readonly ends: BigUint64Array;
    readonly ids: Uint32Array;
  };
}

/** A batch in which more than this many positions go backward is in no order worth telling whole. */
export const STEPS_MAX = 8;

/** `counts`: IDs of each batch, zero for all aspects of one that has none. */
export function summarise(ids: Uint8Array, idBits: 64 | 128, counts: Uint32Array): IdSummaries {
  const perId = idBits / 32;
  const { words, signed, doubles } = viewsOf(ids);
  const columns = () => new Uint32Array(counts.length * perId);
  const [first, last, lowest, greatest, varying] = [columns(), columns(), columns(), columns(), columns()];
  const backward = new Uint32Array(counts.length);
  const ends = new BigUint64Array(counts.length);
  const stretches: number[] = [];
  const steps = new Uint32Array(STEPS_MAX);
  let from = 0;
  for (let batch = 0; batch < counts.length; batch++) {
    const end = from + counts[batch]!;
    if (from < end) {
      const at = batch * perId;
      const copy = (into: Uint32Array, id: number): void => {
        for (let word = 0; word < perId; word++) into[at + word] = words[id * perId + word]!;
      };
      copy(first, from);
      copy(last, end - 1);
      if (idBits === 64) vary64(signed, from, end, varying, at);
      else vary(signed, perId, from, end, varying, at);
      const isPositive = (first[at + perId - 1]! | varying[at + perId - 1]!) >= 0;
      const isIncreasing = idBits === 64 ? isIncreasing64 : isIncreasing128;
      if (isPositive && isIncreasing(doubles, words, from, end)) {
        copy(lowest, from);
        copy(greatest, end - 1);
      } else {
        const order = orderOf(words, perId, from, end, steps);
        backward[batch] = order.backward;
        copy(lowest, order.lowest);
        copy(greatest, order.greatest);
        if (order.backward > 0)
          stretchesBetween(steps, order.backward, from, end, (low, high) => {
            for (const id of [low, high])
              for (let word = 0; word < perId; word++) stretches.push(words[id * perId + word]!);
          });
      }
    }
    ends[batch] = BigInt(stretches.length / perId);
    from = end;
  }
  return {
    ...{ first, last, lowest, greatest, varying, backward },
    stretches: { ends, ids: Uint32Array.from(stretches) },
  };
}

interface Views {
  readonly words: Uint32Array;
  /** The same, signed: what is only joined by bits needs no conversion then. */
  readonly signed: Int32Array;
  readonly doubles: Float64Array;
}

/** Without a copy wherever the bytes begin at a whole word of 64 bits. */
function viewsOf(bytes: Uint8Array): Views {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return {
    words: new Uint32Array(buffer, byteOffset, byteLength / 4),
    signed: new Int32Array(buffer, byteOffset, byteLength / 4),
    doubles: new Float64Array(buffer, byteOffset, Math.floor(byteLength / 8)),
  };
}

/** The two loops that every ID of a run goes through are written for one width: the general one takes five times as long. */
function vary64(words: Int32Array, from: number, end: number, into: Uint32Array, at: number): void {
  const low0 = words[2 * from]!;
  const high0 = words[2 * from + 1]!;
  let low = 0;
  let high = 0;
  for (let k = 2 * from; k < 2 * end; k += 2) {
    low |= words[k]! ^ low0;
    high |= words[k + 1]! ^ high0;
  }
  into[at] = low;
  into[at + 1] = high;
}

function vary(words: Int32Array, perId: number, from: number, end: number, into: Uint32Array, at: number): void {
  for (let word = 0; word < perId; word++) {
    const first = words[from * perId + word]!;
    let differing = 0;
    for (let k = from * perId + word; k < end * perId; k += perId) differing |= words[k]! ^ first;
    into[at + word] = differing;
  }
}

/**
 * Words of 64 bits without a sign are in the order of the doubles of the same bits; those that are no number are in no
 * order, and then the words of 32 bits decide.
 */
function isIncreasing64(doubles: Float64Array, _words: Uint32Array, from: number, end: number): boolean {
  let before = doubles[from]!;
  let k = from + 1;
  for (; k + 3 < end; k += 4) {
    const a = doubles[k]!;
    const b = doubles[k + 1]!;
    const c = doubles[k + 2]!;
    const d = doubles[k + 3]!;
    if (!(a > before && b > a && c > b && d > c)) return false;
    before = d;
  }
  for (; k < end; k++) {
    if (!(doubles[k]! > before)) return false;
    before = doubles[k]!;
  }
  return true;
}

/** By the upper 64 bits where these differ; the lower ones may have a sign. */
function isIncreasing128(doubles: Float64Array, words: Uint32Array, from: number, end: number): boolean {
  let before = doubles[2 * from + 1]!;
  for (let k = from + 1; k < end; k++) {
    const upper = doubles[2 * k + 1]!;
    if (upper > before) before = upper;
    else if (upper !== before) return false;
    else {
      const at = 4 * k;
      const [high, highBefore] = [words[at + 1]!, words[at - 3]!];
      if (high < highBefore || (high === highBefore && words[at]! <= words[at - 4]!)) return false;
    }
  }
  return true;
}

interface Order {
  readonly backward: number;
  readonly lowest: number;
  readonly greatest: number;
}

/** Compares word by word. The first positions that go backward are put into `steps`. */
function orderOf(words: Uint32Array, perId: number, from: number, end: number, steps: Uint32Array): Order {
  const isGreater = (a: number, b: number): boolean => {
    let word = perId - 1;
    while (word > 0 && words[a * perId + word] === words[b * perId + word]) word--;
    return words[a * perId + word]! > words[b * perId + word]!;
  };
  let backward = 0;
  let lowest = from;
  let greatest = from;
  for (let k = from + 1; k < end; k++) {
    if (isGreater(k, k - 1)) {
      if (isGreater(k, greatest)) greatest = k;
      continue;
    }
    if (backward < STEPS_MAX) steps[backward] = k;
    backward++;
    if (isGreater(lowest, k)) lowest = k;
  }
  return { backward, lowest, greatest };
}

/**
 * The IDs before and after a step back stand alone: a foreign one among them would stretch its neighbours over all that lies
 * in between.
 */
function stretchesBetween(
  steps: Uint32Array,
  backward: number,
  from: number,
  end: number,
  add: (lowest: number, greatest: number) => void,
): void {
  let at = from;
  for (const step of steps.subarray(0, backward)) {
    if (at < step - 1) add(at, step - 2);
    if (at < step) add(step - 1, step - 1);
    add(step, step);
    at = step + 1;
  }
  if (at < end && backward <= STEPS_MAX) add(at, end - 1);
}
