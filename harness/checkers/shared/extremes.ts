/** The lowest and greatest IDs of batches, unsigned, as indexes into `History.ids`. */
import type { BatchColumns } from '../../core/history.ts';
import type { IdReader } from '../../core/id-words.ts';

export interface Extremes {
  readonly lowest: number;
  readonly greatest: number;
}

/** Of one batch, which must hold an ID; of equal IDs the first. */
export function extremesOf(batches: BatchColumns, ids: IdReader, batch: number): Extremes {
  const first = batches.firstId[batch]!;
  const end = first + batches.count[batch]!;
  let lowest = first;
  let greatest = first;
  for (let k = first + 1; k < end; k++) {
    if (ids.isGreater(k, greatest)) greatest = k;
    else if (ids.isGreater(lowest, k)) lowest = k;
  }
  return { lowest, greatest };
}
