/** Each record is 96 bytes with magic, checksum and flags as in the table. */
import type { Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';
import type { TapOfLife } from '../tap-files.ts';
import { FAILED_FLAGS } from '../tap-files.ts';

function problems({ lanes }: TapOfLife): readonly (string | undefined)[] {
  return lanes.flatMap(({ segments }) =>
    segments.flatMap(({ name, records }) =>
      records.map(({ at, record }) => {
        const where = `${name}.batches, byte ${at}:`;
        if ('corrupt' in record) return `${where} ${record.corrupt}`;
        const strange = record.flags & ~FAILED_FLAGS;
        return strange === 0 ? undefined : `${where} flag ${strange}, which means nothing`;
      }),
    ),
  );
}

export default {
  name: 'records',
  section: 'The tap',
  says: 'CRC-32 (IEEE, as in zlib) of bytes 8 … 95',
  needs: ['quiet', 'busy'],
  judge({ quiet, busy }) {
    const all = [quiet.tap, busy.first.tap, busy.second.tap].flatMap(problems);
    if (all.length === 0) return notJudged('there is no record of 96 bytes');
    return unlessAny(all, `magic and checksum of ${all.length} records are right`);
  },
} satisfies Rule<'quiet' | 'busy'>;
