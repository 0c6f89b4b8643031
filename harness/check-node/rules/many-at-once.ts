/** Clients that ask side by side get IDs of their own. */
import { answered, idBytes, placeOf, textOf } from '../answers.ts';
import type { IdsExchange } from '../evidence.ts';
import { parseJsonObject } from '../json-answer.ts';
import type { Judgement, Rule } from '../rule.ts';
import { failed, notJudged, unlessAny } from '../rule.ts';

function problem({ path, reply, why }: IdsExchange): string | undefined {
  if (reply === undefined) return `${path} was not answered (${why})`;
  if (reply.status === 200) return undefined;
  if (reply.status !== 503) return `${path} was answered with ${reply.status}: ${textOf(reply.body)}`;
  const refused = parseJsonObject(reply.body)?.['refused'];
  return typeof refused === 'string' && refused !== ''
    ? undefined
    : `${path} was answered with 503 and ${textOf(reply.body)}, which names no reason`;
}

/** Two answers with IDs of one position: an ID for two clients. */
function shared(ids: readonly IdsExchange[]): string | undefined {
  const places = answered(ids)
    .flatMap(({ path, reply }) => {
      const place = placeOf(reply);
      return place === undefined || place.count === 0
        ? []
        : [{ ...place, path, end: place.firstSeq + BigInt(place.count) }];
    })
    .toSorted((a, b) => a.lane - b.lane || (a.firstSeq < b.firstSeq ? -1 : 1));
  for (const [i, place] of places.entries()) {
    const before = places[i - 1];
    if (before !== undefined && before.lane === place.lane && before.end > place.firstSeq)
      return `ID ${place.firstSeq} of lane ${place.lane} went out in two answers (${before.path} and ${place.path})`;
  }
  return undefined;
}

export default {
  name: 'many-at-once',
  section: 'HTTP',
  says: 'No ID goes out in two answers.',
  needs: ['idBits', 'busy'],
  judge({ idBits, busy: { first } }): Judgement {
    const { ids, connections } = first;
    const come = answered(ids);
    const twice = shared(ids);
    if (twice !== undefined) return failed(twice);
    const problems = ids.map(problem);
    if (come.length === 0 && problems.every((each) => each === undefined))
      return notJudged('all requests were refused');
    const count = come.reduce((sum, exchange) => {
      const bytes = idBytes(exchange, idBits);
      return sum + (typeof bytes === 'string' ? 0 : bytes.length / (idBits / 8));
    }, 0);
    return unlessAny(problems, `${come.length} answers with ${count} IDs by ${connections} connections`);
  },
} satisfies Rule<'idBits' | 'busy'>;
