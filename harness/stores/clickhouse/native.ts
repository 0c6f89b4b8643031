/**
 * ClickHouse's Native format: a block column by column, arrays as the ends of their rows and then all elements in one
 * piece. The IDs of a range lie in it as they lie in the tap, so they are never copied, and read by the engine as a whole.
 */
import { summarise } from '../../core/id-summary.ts';
import type { BatchRange } from '../../core/store.ts';
import { batchFields } from '../../core/batch-fields.ts';
import type { IdBits } from './schema.ts';
import { sentColumns } from './schema.ts';

/** One row a batch in the columns of `ingestStatement`: pieces of one block, to be sent one after another. */
export function batchBlock(range: BatchRange, idBits: IdBits): readonly Uint8Array[] {
  const fields = batchFields(range.batches, range.originNs);
  const { length } = fields.count;
  const ends = new BigUint64Array(length);
  let end = 0;
  fields.count.forEach((count, batch) => (ends[batch] = BigInt((end += count))));
  if (end * (idBits / 8) !== range.ids.length)
    throw new RangeError(`range ${range.token} has ${range.ids.length} bytes of IDs, and its records say ${end} IDs`);
  const of = summarise(range.ids, idBits, fields.count);
  const { stretches } = of;
  const columns: Readonly<Record<SentColumn, readonly ArrayBufferView[]>> = {
    first_seq: [fields.firstSeq],
    count: [fields.count],
    flags: [fields.flags],
    called: [fields.called],
    returned: [fields.returned],
    wall_called_ms: [fields.wallCalledMs],
    wall_returned_ms: [fields.wallReturnedMs],
    worker: [fields.workerId],
    lease: [fields.lease],
    create_revision: [fields.createRevision],
    first_id: [of.first],
    last_id: [of.last],
    min_id: [of.lowest],
    max_id: [of.greatest],
    backward: [of.backward],
    varying: [of.varying],
    stretches: [stretches.ends, stretches.ids],
    ids: [ends, range.ids],
  };
  const sent = sentColumns(idBits);
  return [
    Buffer.concat([varint(sent.length), varint(length)]),
    ...sent.flatMap(({ name, type }) => [text(name), text(type), ...columns[name].map(bytesOf)]),
  ];
}

type SentColumn = ReturnType<typeof sentColumns>[number]['name'];

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** LEB128. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
