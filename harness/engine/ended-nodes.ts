/** Which nodes ended by themselves, and what they said last, as the journal has it. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import { counted } from '../core/phrases.ts';
import { NS_PER_S } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';

export type EndedEntry = Extract<JournalEntry, { kind: 'ended' }>;

export function endedEntries(journal: readonly JournalEntry[]): readonly EndedEntry[] {
  return journal.filter((entry) => entry.kind === 'ended');
}

/** What a node said when it last ended by itself, as the end of a sentence about it; nothing when it never did. */
export function lastWordsOf(journal: readonly JournalEntry[], node: string): string {
  const words = endedEntries(journal).findLast((entry) => entry.node === node)?.lastWords;
  return words === undefined ? '' : `; it ended by itself (${words})`;
}

/**
 * One sentence for each node that ended by itself and of which no doubt tells: in reach of a disturbance that is no reason
 * to doubt, for a generator may fail so on purpose.
 */
export function endingRemarks(journal: readonly JournalEntry[], unknowns: readonly UnknownReason[]): readonly string[] {
  const doubted = new Set(unknowns.flatMap(({ reason, scope }) => (reason === 'node silent' ? [scope] : [])));
  return [...Map.groupBy(endedEntries(journal), ({ node }) => node)]
    .filter(([node]) => !doubted.has(node))
    .map(([node, endings]) => {
      const { at, lastWords } = endings.at(-1) as EndedEntry;
      const often = endings.length === 1 ? '' : ` ${counted(endings.length, 'time')}, last`;
      return `A remark: ${node} ended by itself${often} before ${(at / NS_PER_S).toFixed(1)} s (${lastWords}).`;
    });
}
