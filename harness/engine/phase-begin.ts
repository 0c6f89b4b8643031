/** When a run came to a phase. Pure. */
import type { JournalEntry } from '../core/journal.ts';
import type { Phase } from '../core/phase.ts';
import type { RunNs } from '../core/time.ts';

/** Undefined: it never did. */
export function phaseBegin(journal: readonly JournalEntry[], phase: Phase): RunNs | undefined {
  return journal.find((entry) => entry.kind === 'phase' && entry.phase === phase)?.at;
}
