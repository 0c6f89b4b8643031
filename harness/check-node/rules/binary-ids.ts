/** IDs as bytes are those in the tap. */
import type { Rule } from '../rule.ts';
import { idsJudgement } from '../ids-judgement.ts';

export default {
  name: 'binary-ids',
  section: 'HTTP',
  says: 'asked with `Accept: application/octet-stream`, 8 bytes an ID (16 where IDs have 128 bits)',
  needs: ['idBits', 'quiet', 'busy'],
  judge: (seen) => idsJudgement('bytes', seen),
} satisfies Rule<'idBits' | 'quiet' | 'busy'>;
