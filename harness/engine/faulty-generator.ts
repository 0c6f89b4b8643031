/** Whether a run can prove nothing because its generator is not written as it has to be. Pure. */
import { badInput } from '../core/errors.ts';
import type { SnowglobeError } from '../core/errors.ts';
import type { JournalEntry } from '../core/journal.ts';
import { GENERATOR_FAULT, isCodeFault, remedyFor } from '../core/minter-problem.ts';

/**
 * The error to end a run with: no client was given an ID so far, and what the nodes said instead is that the generator's
 * own code is wrong. Undefined as soon as one was: then the faults are judged among the rest. IDs that calls with such an
 * end left behind are of the same fault.
 */
export function faultyGenerator(journal: readonly JournalEntry[], generator: string): SnowglobeError | undefined {
  let said: string | undefined;
  for (const entry of journal) {
    if (entry.kind === 'load') {
      if (entry.ok > 0) return undefined;
      said ??= Object.keys(entry.errors).find(isCodeFault);
    } else if (entry.kind === 'ended') {
      const [, what] = entry.lastWords.split(GENERATOR_FAULT);
      said ??= what;
    }
  }
  return said === undefined
    ? undefined
    : badInput(`${said.replace(/\.$/, '')}.`, remedyFor(said), `generator ${generator}`);
}
