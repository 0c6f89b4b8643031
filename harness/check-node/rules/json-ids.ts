/** IDs as text are those in the tap. */
import type { Rule } from '../rule.ts';
import { idsJudgement } from '../ids-judgement.ts';

export default {
  name: 'json-ids',
  section: 'HTTP',
  says: '`200` with `{"ids":["382510843574624256", …]}`',
  needs: ['idBits', 'quiet', 'busy'],
  judge: (seen) => idsJudgement('json', seen),
} satisfies Rule<'idBits' | 'quiet' | 'busy'>;
