/** What is wrong is told before anything is served. */
import type { Misconfigured } from '../evidence.ts';
import { inWords } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { unlessAny } from '../rule.ts';

function problem({ what, end }: Misconfigured): string | undefined {
  if (end === undefined) return `${what} it starts all the same`;
  if (end.code !== 2) return `${what} it ended with ${inWords(end)}`;
  const lines = end.stderr.trimEnd().split('\n');
  if (lines.length === 1 && lines[0] !== '') return undefined;
  return `${what} it wrote ${lines[0] === '' ? 'no line' : `${lines.length} lines`} on standard error`;
}

export default {
  name: 'refuses-wrong-configuration',
  section: 'Configuration',
  says: '2 with one line on standard error when the configuration is wrong',
  needs: ['misconfigured'],
  judge: ({ misconfigured }) =>
    unlessAny(misconfigured.map(problem), `exit 2 with one line in ${misconfigured.length} cases`),
} satisfies Rule<'misconfigured'>;
