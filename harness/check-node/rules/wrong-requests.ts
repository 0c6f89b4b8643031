/** What is asked wrongly mints nothing, and says so. */
import type { Rule } from '../rule.ts';
import { unlessAny } from '../rule.ts';

export default {
  name: 'wrong-requests',
  section: 'HTTP',
  says: '`400` where N is no such number, `404` for another path, `405` for another method than GET.',
  needs: ['quiet'],
  judge: ({ quiet: { wrong } }) =>
    unlessAny(
      wrong.map(({ method, path, wanted, reply, why }) =>
        reply?.status === wanted
          ? undefined
          : `${method} ${path} was ${reply === undefined ? `not answered (${why})` : `answered with ${reply.status}`}, and not with ${wanted}`,
      ),
      `400, 404 and 405 for ${wrong.length} wrong requests`,
    ),
} satisfies Rule<'quiet'>;
