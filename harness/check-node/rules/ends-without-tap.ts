/** A node that cannot write its tap is no node any more. */
import type { End, Full } from '../evidence.ts';
import { inWords } from '../evidence.ts';
import type { Judgement, Rule } from '../rule.ts';
import { failed, notJudged, ok } from '../rule.ts';

function problem(what: string, end: End | undefined): string | undefined {
  if (end === undefined) return `${what} it lives on`;
  return end.code === 0 ? `${what} it ended with ${inWords(end)}, as if it had been asked to` : undefined;
}

const where = ({ asked, limitBytes }: Full): string =>
  `once a file of its tap would exceed ${limitBytes} bytes (asked for ${asked} at a time)`;

export default {
  name: 'ends-without-tap',
  section: 'Configuration',
  says: 'A node that cannot write its tap must end at once, and answer nobody on the way.',
  needs: ['unwritable', 'full'],
  judge({ unwritable, full }): Judgement {
    const [answer] = unwritable.answered;
    if (answer !== undefined) return failed(`${unwritable.what}, it answered with IDs`);
    const never = full.find(({ isOver }) => !isOver);
    const found =
      problem(`${unwritable.what},`, unwritable.end) ??
      full.flatMap((each) => (each.isOver ? (problem(where(each), each.end) ?? []) : []))[0];
    if (found !== undefined) return failed(found);
    if (never !== undefined) return notJudged(`${where(never)}: that many IDs did not come in 20 s`);
    return ok('it ended where no file can be created, and when its files could not grow');
  },
} satisfies Rule<'unwritable' | 'full'>;
