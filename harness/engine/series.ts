/**
 * Curves and spans for the report, read from the journal. Pure.
 */
import type { JournalEntry } from '../core/journal.ts';
import type { Run, Series } from '../core/run.ts';
import type { RunNs } from '../core/time.ts';

export const SERIES_BUCKET_MS = 250;

export function offsetsByNode(journal: readonly JournalEntry[], nodes: readonly string[]): Series['offsetsByNode'] {
  const points = new Map<string, [RunNs, number | null][]>(nodes.map((node) => [node, []]));
  for (const entry of journal) {
    if (entry.kind === 'health') points.get(entry.node)?.push([entry.at, entry.offsetMs]);
    else if (entry.kind === 'no health') points.get(entry.node)?.push([entry.at, null]);
  }
  return [...points].map(([node, list]) => ({ node, points: list }));
}

export function phasesOf(journal: readonly JournalEntry[]): Run['phases'] {
  const starts = journal.flatMap((entry) => (entry.kind === 'phase' ? [{ phase: entry.phase, from: entry.at }] : []));
  const end = journal.at(-1)?.at ?? 0;
  return starts.map((start, index) => ({ ...start, to: starts[index + 1]?.from ?? end }));
}

export function slotsOf(journal: readonly JournalEntry[]): Run['slots'] {
  return journal.flatMap((entry) =>
    entry.kind === 'slot'
      ? [
          {
            name: entry.slot,
            from: entry.at,
            ...(entry.holder !== undefined && { holder: entry.holder }),
            ...(entry.workerId !== undefined && { workerId: entry.workerId }),
          },
        ]
      : [],
  );
}
