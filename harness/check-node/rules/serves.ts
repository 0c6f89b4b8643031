/** The command comes up and answers. */
import type { Rule } from '../rule.ts';
import { failed, ok } from '../rule.ts';

export default {
  name: 'serves',
  section: 'Configuration',
  says: 'A node serves within 30 seconds of its start, on every address of `SNOWGLOBE_LISTEN`.',
  needs: ['start'],
  judge: ({ start: { served, seen } }) => (served ? ok(seen) : failed(seen)),
} satisfies Rule<'start'>;
