/** Two processes that took the same name would write into each other's evidence. */
import type { Judgement, Rule } from '../rule.ts';
import { failed, ok } from '../rule.ts';

export default {
  name: 'creates-taps-exclusively',
  section: 'The tap',
  says: 'writes two append-only files, created exclusively',
  needs: ['taken'],
  judge({ taken: { what, end, answered, changed } }): Judgement {
    if (changed) return failed(`started ${what}, it wrote into that file`);
    if (answered.some(({ incarnation, lane }) => incarnation === 1 && lane === 0))
      return failed(`started ${what}, it gave IDs of that life and lane`);
    return end === undefined
      ? failed(`started ${what}, it lives on, and cannot write that tap`)
      : ok(`started ${what}, it ended and left the file alone`);
  },
} satisfies Rule<'taken'>;
