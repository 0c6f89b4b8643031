/** What a life left is evidence; nobody touches it. */
import type { Rule } from '../rule.ts';
import { failed, ok } from '../rule.ts';

export default {
  name: 'leaves-old-taps',
  section: 'A life',
  says: 'A life touches no file of another one.',
  needs: ['busy'],
  judge: ({ busy: { first, changed } }) =>
    changed.length === 0
      ? ok(`${first.tap.files.length} files of a killed life are as they were when the next one had ended`)
      : failed(`after the second life, what the first one left is changed or gone: ${changed.join(', ')}`),
} satisfies Rule<'busy'>;
