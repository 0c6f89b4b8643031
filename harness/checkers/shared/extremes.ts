/** The lowest and greatest IDs of batches, unsigned, as indexes into `History.ids`. */
import type { BatchColumns } from '../../core/history.ts';
import { isGreater } from '../../core/id-words.ts';

export interface Extremes {
  readonly lowest: number;
  readonly greatest: number;
}

/** Of one batch, which must hold an ID; of equal IDs the first. */
export function extremesOf(batches: BatchColumns, words: Uint32Array, batch: number): Extremes {
  const first = batches.firstId[batch]!;
  const end = first + batches.count[batch]!;
  let lowest = first;
  let greatest = first;
  for (let k = first + 1; k < end; k++) {
    if (isGreater(words, k, greatest)) greatest = k;
    else if (isGreater(words, lowest, k)) lowest = k;
  }
  return { lowest, greatest };
}
