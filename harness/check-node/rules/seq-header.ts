/** The header by which clients say what they received. */
import type { Answered } from '../answers.ts';
import { answered, idBytes, placeOf } from '../answers.ts';
import type { Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';
import type { TapOfLife } from '../tap-files.ts';
import { FAILED_FLAGS, findPlace } from '../tap-files.ts';

function problem(exchange: Answered, incarnation: unknown, tap: TapOfLife, idBits: 64 | 128): string | undefined {
  const { path, reply } = exchange;
  const place = placeOf(reply);
  const header = reply.headers['snowglobe-seq'];
  const answer = `the answer to ${path}`;
  if (place === undefined)
    return header === undefined
      ? `${answer} has no header snowglobe-seq`
      : `${answer} has snowglobe-seq: ${String(header)}`;
  if (place.incarnation !== incarnation)
    return `${answer} names incarnation ${place.incarnation}, and /health names ${String(incarnation)}`;
  const bytes = idBytes(exchange, idBits);
  const came = typeof bytes === 'string' ? undefined : bytes.length / (idBits / 8);
  if (came !== undefined && came !== place.count)
    return `${answer} has ${came} IDs, and its header says ${place.count}`;
  if (place.count === 0) return undefined; // asked for too few: another rule's
  const found = findPlace(tap, place, idBits);
  if (typeof found === 'string') return `${answer} says ${String(header)}, and ${found}`;
  return (found.batch.flags & FAILED_FLAGS) === 0
    ? undefined
    : `${answer} says ${String(header)}, and that batch has flags ${found.batch.flags}, of a call that failed`;
}

export default {
  name: 'seq-header',
  section: 'HTTP',
  says: '`snowglobe-seq: INCARNATION/LANE/FIRSTSEQ/COUNT` says where the IDs lie in the tap.',
  needs: ['idBits', 'quiet', 'busy'],
  judge({ idBits, quiet, busy }) {
    const all = [quiet, busy.first, busy.second].flatMap(({ ids, incarnation, tap }) =>
      answered(ids).map((exchange) => problem(exchange, incarnation, tap, idBits)),
    );
    if (all.length === 0) return notJudged('no request was answered with IDs');
    return unlessAny(all, `${all.length} answers name the part of one batch that they bring`);
  },
} satisfies Rule<'idBits' | 'quiet' | 'busy'>;
