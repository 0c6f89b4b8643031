import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import type { ProgressEvent } from '../core/progress.ts';
import { openJournal } from './journal.ts';
import { telling } from './report-progress.ts';

const stall = (at: number, forMs: number): JournalEntry => ({ at, kind: 'stall', forMs });
const phase = (at: number, name: 'drain' | 'judge'): JournalEntry => ({ at, kind: 'phase', phase: name });

function notesOf(entries: readonly JournalEntry[]): { readonly notes: readonly string[]; readonly kept: number } {
  const events: ProgressEvent[] = [];
  const progress = { event: (event: ProgressEvent) => void events.push(event), line: () => {}, end: () => {} };
  const journal = telling(openJournal(undefined), progress, 1);
  for (const entry of entries) journal.append(entry);
  return {
    notes: events.flatMap((event) => (event.kind === 'note' ? [event.text] : [])),
    kept: journal.entries.length,
  };
}

test('long stalls of the harness are told as they come, short ones by their number at the end; the journal has all', () => {
  const entries = [stall(1, 400), stall(2, 1200), stall(3, 999), phase(4, 'drain'), stall(5, 300), phase(6, 'judge')];
  expect(notesOf(entries)).toEqual({
    notes: [
      'the harness stood still for 1200 ms',
      'the harness stood still for less than a second 3 times: the machine is busy',
    ],
    kept: entries.length,
  });
});

test('a run without stalls has nothing to tell of them', () => {
  expect(notesOf([phase(4, 'drain'), phase(6, 'judge')]).notes).toEqual([]);
});
