/** Lives are claimed exclusively, one after the other. */
import type { Rule } from '../rule.ts';
import { unlessAny } from '../rule.ts';

export default {
  name: 'claims-life',
  section: 'A life',
  says: 'create `NODE-K.life` in the taps folder exclusively (`O_CREAT | O_EXCL`) for K = 1, 2, 3, … until one succeeds.',
  needs: ['quiet', 'busy'],
  judge({ quiet, busy }) {
    const { incarnation, wroteThroughLink, lifeFiles } = quiet;
    return unlessAny(
      [
        wroteThroughLink
          ? 'n1-1.life was there, as a link to nowhere, and it wrote through it: the creation is not exclusive'
          : undefined,
        incarnation === 2 || wroteThroughLink
          ? undefined
          : `beside n1-1.life its first life calls itself ${incarnation}, and not 2`,
        lifeFiles.includes('n1-2.life') || wroteThroughLink
          ? undefined
          : `while its life 2 serves there is no n1-2.life, only ${lifeFiles.join(', ')}`,
        busy.first.incarnation === 1
          ? undefined
          : `in an empty folder its first life calls itself ${busy.first.incarnation}, and not 1`,
        busy.second.incarnation === 2 || busy.second.silent !== undefined
          ? undefined
          : `after life 1 was killed, the next calls itself ${String(busy.second.incarnation)}, and not 2`,
      ],
      'an n1-1.life of another is left alone; life 2 follows on life 1, which was killed',
    );
  },
} satisfies Rule<'quiet' | 'busy'>;
