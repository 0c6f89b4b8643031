/** Files by which the reader finds lanes. */
import { segmentName } from '../../core/tap.ts';
import type { Rule } from '../rule.ts';
import { failed, unlessAny } from '../rule.ts';
import type { TapOfLife } from '../tap-files.ts';

function problems(tap: TapOfLife, node: string, incarnation: number): readonly (string | undefined)[] {
  const there = new Set(tap.files);
  const halves = tap.files.flatMap((file) => {
    const other = file.endsWith('.ids') ? file.replace(/ids$/, 'batches') : file.replace(/batches$/, 'ids');
    return there.has(other) ? [] : [`there is ${file}, and no ${other}`];
  });
  const lanes = tap.lanes.map(({ lane, segments }, index) => {
    if (lane !== index) return `there is a tap of lane ${lane}, and none of lane ${index}: lanes are counted from 0`;
    const first = segmentName({ node, incarnation, lane }, 0n);
    return segments[0]?.name === first ? undefined : `the first pair of lane ${lane} is not ${first}`;
  });
  return [...halves, ...lanes];
}

export default {
  name: 'tap-names',
  section: 'The tap',
  says: '`FIRSTSEQ` is the sequence number of the first ID in the pair.',
  needs: ['quiet', 'busy'],
  judge({ quiet, busy }) {
    const taps = [quiet.tap, busy.first.tap];
    if (taps.every(({ files }) => files.length === 0))
      return failed('there is no file NODE-INCARNATION-LANE-FIRSTSEQ.ids or .batches of the lives that were asked');
    const all = [
      ...problems(quiet.tap, quiet.node, quiet.incarnation),
      ...problems(busy.first.tap, quiet.node, busy.first.incarnation),
    ];
    const lanes = Math.max(...taps.map((tap) => tap.lanes.length));
    return unlessAny(all, `pairs of .ids and .batches of ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`);
  },
} satisfies Rule<'quiet' | 'busy'>;
