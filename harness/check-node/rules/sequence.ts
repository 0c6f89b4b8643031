/** Sequence numbers of a lane name its IDs. */
import type { Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';
import type { LaneTap, TapOfLife } from '../tap-files.ts';

function gapIn({ segments }: LaneTap): string | undefined {
  let next = 0n;
  for (const { name, firstSeq, records } of segments) {
    if (firstSeq !== next) return `${name} should begin at ${next}`;
    for (const { at, record } of records) {
      if ('corrupt' in record) return undefined; // another rule's
      if (record.firstSeq !== next)
        return `${name}.batches, byte ${at}: first seq is ${record.firstSeq}, and the IDs before it end at ${next}`;
      next += BigInt(record.count);
    }
  }
  return undefined;
}

const countIn = ({ lanes }: TapOfLife): number =>
  lanes.reduce((sum, { segments }) => sum + segments.reduce((more, { records }) => more + records.length, 0), 0);

export default {
  name: 'sequence',
  section: 'The tap',
  says: 'have sequence numbers 0, 1, 2, … without a gap',
  needs: ['quiet', 'busy'],
  judge({ quiet, busy }) {
    const taps = [quiet.tap, busy.first.tap, busy.second.tap];
    if (taps.every((tap) => countIn(tap) === 0)) return notJudged('there is no record');
    const records = taps.reduce((sum, tap) => sum + countIn(tap), 0);
    return unlessAny(
      taps.flatMap(({ lanes }) => lanes.map(gapIn)),
      `${records} records follow on one another`,
    );
  },
} satisfies Rule<'quiet' | 'busy'>;
