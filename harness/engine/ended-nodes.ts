/** Which nodes ended by themselves, and what they said last, as the journal has it. Pure. */
import type { JournalEntry } from '../core/journal.ts';

export type EndedEntry = Extract<JournalEntry, { kind: 'ended' }>;

export function endedEntries(journal: readonly JournalEntry[]): readonly EndedEntry[] {
  return journal.filter((entry) => entry.kind === 'ended');
}

/** What a node said when it last ended by itself, as the end of a sentence about it; nothing when it never did. */
export function lastWordsOf(journal: readonly JournalEntry[], node: string): string {
  const words = endedEntries(journal).findLast((entry) => entry.node === node)?.lastWords;
  return words === undefined ? '' : `; it ended by itself (${words})`;
}
