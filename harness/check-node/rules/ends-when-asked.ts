/** SIGTERM and SIGINT end a node in order, also with clients whose connections are open. */
import type { End } from '../evidence.ts';
import { inWords } from '../evidence.ts';
import type { Judgement, Rule } from '../rule.ts';
import { notJudged, unlessAny } from '../rule.ts';

function problem(signal: string, end: End | undefined): string | undefined {
  if (end === undefined) return `5 s after ${signal} it still runs`;
  return end.code === 0 ? undefined : `after ${signal} it ended with ${inWords(end)}`;
}

export default {
  name: 'ends-when-asked',
  section: 'Configuration',
  says: '0 within 5 seconds after SIGTERM or SIGINT',
  needs: ['quiet', 'busy'],
  judge({ quiet, busy: { second } }): Judgement {
    const sigterm = problem('SIGTERM', quiet.end);
    if (sigterm === undefined && second.silent !== undefined)
      return notJudged(`after SIGTERM it ended with exit 0; SIGINT was not tried: ${second.silent}`);
    return unlessAny([sigterm, problem('SIGINT', second.end)], 'exit 0 after SIGTERM and SIGINT');
  },
} satisfies Rule<'quiet' | 'busy'>;
