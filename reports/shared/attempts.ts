/** Which attempt of several a run was, and where the others are. */
import type { Run } from '../../harness/core/run.ts';

/** In sentences; undefined: there was to be one attempt only. */
export function attemptWords({ attempt, verdict, measured }: Run): string | undefined {
  if (attempt === undefined) return undefined;
  const { number, of } = attempt;
  const { earlierAttempts = [] } = measured;
  const beside = 'beside the folder of this one';
  const before =
    earlierAttempts.length === 0
      ? []
      : [
          `${earlierAttempts.length === 1 ? 'The one before it was unknown and is' : 'Those before it were unknown and are'} ${beside}: ${earlierAttempts.join(', ')}.`,
        ];
  const after =
    verdict !== 'unknown'
      ? 'None followed it: it is an answer.'
      : number < of
        ? `The next one, unless the command was interrupted, is ${beside}, under a later time.`
        : 'It was the last.';
  return [`Attempt ${number} of ${of} at the most, each with the same seed.`, ...before, after].join(' ');
}
