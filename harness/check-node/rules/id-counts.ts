/** From one ID to a hundred thousand, never more than asked for. */
import { answered, placeOf } from '../answers.ts';
import type { IdsExchange } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { unlessAny } from '../rule.ts';

function problem(exchange: IdsExchange): string | undefined {
  const { path, asked, reply, why } = exchange;
  if (reply === undefined) return `${path} was not answered (${why})`;
  if (reply.status !== 200) return `${path} was answered with ${reply.status}`;
  const count = placeOf(reply)?.count;
  if (count === undefined) return undefined; // another rule's
  if (count === 0) return `${path} was answered with no ID`;
  return count > asked ? `${path} was answered with ${count} IDs` : undefined;
}

export default {
  name: 'id-counts',
  section: 'HTTP',
  says: '`GET /ids?count=N`, N from 1 (the default) to 100000.',
  needs: ['quiet'],
  judge: ({ quiet: { ids } }) =>
    unlessAny(
      ids.map(problem),
      `${answered(ids).length} answers, for 1 to 100000 IDs, with some and no more than those`,
    ),
} satisfies Rule<'quiet'>;
