/** Every address, where it takes a socket file for one at all; also after a life that was killed on it. */
import type { Rule } from '../rule.ts';
import { failed, ok } from '../rule.ts';

export default {
  name: 'listens-everywhere',
  section: 'Configuration',
  says: 'To serve a socket file is optional: a node that does not takes one for a wrong configuration.',
  needs: ['sockets'],
  judge({ sockets: { first, second } }) {
    const told = 'told to listen at tcp:… and unix:…';
    if (first.end?.code === 2) return ok(`${told}, it took that for a wrong configuration, which is its right`);
    if (first.end !== undefined) return failed(`${told}, ${first.said}`);
    if (!first.byTcp) return failed(`${told}, it gave no IDs at the first`);
    if (second === undefined) return failed(`${told}, it gave IDs at the first only`);
    if (second.end !== undefined) return failed(`on the socket file of a life that was killed, ${second.said}`);
    return second.bySocket
      ? ok('IDs by TCP and by a socket file, and on what a killed life left of that')
      : failed('after a life that was killed on its socket file, the next gave no IDs there');
  },
} satisfies Rule<'sockets'>;
