/** The bytes in `.ids` are those that the records speak of, and what a kill tore lies behind them. */
import { crc32 } from 'node:zlib';
import { BATCH_BYTES } from '../../core/tap.ts';
import type { Rule } from '../rule.ts';
import { unlessAny, notJudged } from '../rule.ts';
import type { Segment, TapOfLife } from '../tap-files.ts';

function segmentProblem(
  { name, ids, batches, records }: Segment,
  idBits: 64 | 128,
  wasKilled: boolean,
): string | undefined {
  for (const { at, record, idsFrom, idsTo } of records) {
    if ('corrupt' in record) return undefined; // another rule's
    const bits = record.idBits ?? 64;
    if (bits !== idBits) return `${name}.batches, byte ${at}: its IDs have ${bits} bits, and were to have ${idBits}`;
    if (ids.length < idsTo)
      return `${name}.ids has ${ids.length} bytes, and the record at byte ${at} of .batches needs ${idsTo}`;
    const { idsChecksum } = record;
    if (idsChecksum !== undefined && idsChecksum !== crc32(ids.subarray(idsFrom, idsTo)))
      return `${name}.batches, byte ${at}: flag 8 says that its IDs have another checksum`;
  }
  const leftIds = ids.length - (records.at(-1)?.idsTo ?? 0);
  const leftBatches = batches.length % BATCH_BYTES;
  if (wasKilled || leftIds + leftBatches === 0) return undefined;
  return `${name} ends in ${leftIds} bytes of IDs and ${leftBatches} of records that belong to no batch, and nobody killed it`;
}

function problems({ lanes }: TapOfLife, idBits: 64 | 128, wasKilled: boolean): readonly (string | undefined)[] {
  // Only the last pair of a lane may be torn.
  return lanes.flatMap(({ segments }) =>
    segments.map((segment, i) => segmentProblem(segment, idBits, wasKilled && i === segments.length - 1)),
  );
}

export default {
  name: 'id-bytes',
  section: 'The tap',
  says: 'Bytes after the last whole record of a dead life were never answered; they are _torn_ and not judged.',
  needs: ['idBits', 'quiet', 'busy'],
  judge({ idBits, quiet, busy }) {
    const all = [
      ...problems(quiet.tap, idBits, false),
      ...problems(busy.first.tap, idBits, true),
      ...problems(busy.second.tap, idBits, false),
    ];
    if (all.length === 0) return notJudged('there is no tap');
    return unlessAny(all, `${idBits / 8} bytes an ID, as many as the records say`);
  },
} satisfies Rule<'idBits' | 'quiet' | 'busy'>;
