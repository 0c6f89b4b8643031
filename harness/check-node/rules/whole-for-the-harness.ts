/** The reader by which a run believes taps and lease logs finds nothing that the other rules have no words for. */
import type { Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';

export default {
  name: 'whole-for-the-harness',
  section: 'The tap',
  says: 'A run whose taps are not whole by these rules proves nothing.',
  needs: ['busy'],
  judge: ({ busy: { first, problems } }) =>
    first.tap.files.length === 0
      ? notJudged('there is no tap')
      : unlessAny(problems, 'the harness reads the taps and lease logs of both lives without a complaint'),
} satisfies Rule<'busy'>;
