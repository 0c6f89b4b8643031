/** Both kinds of address, at once, also after a life that was killed on them. */
import type { Rule } from '../rule.ts';
import { ok, failed, notJudged } from '../rule.ts';

export default {
  name: 'listens-everywhere',
  section: 'Configuration',
  says: 'A socket file that an earlier life left at PATH is removed first.',
  needs: ['busy'],
  judge({ busy: { first, second } }) {
    const { tcp, unix } = first.answersBy;
    if (tcp + unix === 0) return notJudged('no request was answered with IDs by any address');
    if (unix === 0) return failed('told to listen at tcp:… and unix:…, it gave IDs at the first only');
    if (tcp === 0) return failed('told to listen at tcp:… and unix:…, it gave IDs at the second only');
    if (second.silent !== undefined)
      return failed(`after a life that was killed, the next did not serve at unix:…: ${second.silent}`);
    const again = second.ids.filter(({ reply }) => reply?.status === 200).length;
    return again === 0
      ? failed(`after a life that was killed, it gave no IDs at unix:… (${second.ids[0]?.why ?? 'no answer with 200'})`)
      : ok(`${tcp} answers by TCP and ${unix} by a socket file, on which its next life answered too`);
  },
} satisfies Rule<'busy'>;
