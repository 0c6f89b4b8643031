/** A range as two, for an engine that has too little memory for it as one. Pure. */
import type { BatchRange } from '../../core/store.ts';
import { BATCH_BYTES, decodeBatch } from '../../core/tap.ts';
import type { IdBits } from './schema.ts';

/** By the number of batches; undefined where there is one. Their tokens follow from its own: halved again they are the same. */
export function halvesOf(range: BatchRange, idBits: IdBits): readonly [BatchRange, BatchRange] | undefined {
  const batches = range.batches.length / BATCH_BYTES;
  if (batches < 2) return undefined;
  const at = Math.floor(batches / 2) * BATCH_BYTES;
  const record = decodeBatch(range.batches, at);
  if ('corrupt' in record) throw new RangeError(`range ${range.token}: ${record.corrupt}`);
  const { firstSeq } = record;
  const count = Number(firstSeq - range.firstSeq);
  const idsAt = count * (idBits / 8);
  return [
    {
      ...range,
      count,
      batches: range.batches.subarray(0, at),
      ids: range.ids.subarray(0, idsAt),
      token: `${range.token}/1`,
    },
    {
      ...range,
      firstSeq,
      count: range.count - count,
      batches: range.batches.subarray(at),
      ids: range.ids.subarray(idsAt),
      token: `${range.token}/2`,
    },
  ];
}
