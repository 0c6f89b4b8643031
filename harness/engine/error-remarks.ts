/** What nodes answered in place of IDs, as the journal has it. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import { counted } from '../core/phrases.ts';

/** What clients (built-in, k6) call connections that failed: nothing was answered. */
const NO_CONNECTION = /^(E[A-Z]+|unsent:.*)$/;

/**
 * One sentence where clients were answered with errors, with the commonest: a service that gives a text for each tenth
 * request breaks no guarantee by it, and should not do so unnoticed.
 */
export function errorRemarks(journal: readonly JournalEntry[]): readonly string[] {
  const byReason = new Map<string, number>();
  for (const entry of journal)
    if (entry.kind === 'load')
      for (const [reason, count] of Object.entries(entry.errors))
        if (!NO_CONNECTION.test(reason)) byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  const [commonest] = [...byReason].sort(([, one], [, other]) => other - one);
  if (commonest === undefined) return [];
  const [reason, count] = commonest;
  const all = [...byReason.values()].reduce((sum, each) => sum + each, 0);
  const most = all === count ? '' : ` most often (${counted(count, 'time')})`;
  return [
    `A remark: ${counted(all, 'request')} ${all === 1 ? 'was' : 'were'} answered with an error,${most} this one: ${reason}`,
  ];
}
