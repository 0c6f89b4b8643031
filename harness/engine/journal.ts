/**
 * The journal on disk: one JSON line an entry, written before the next thing happens, so that what was observed survives
 * a `kill -9` of the harness.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { JournalEntry } from '../core/journal.ts';

export interface Journal {
  readonly entries: readonly JournalEntry[];
  append(entry: JournalEntry): void;
  close(): void;
}

/** Appends to `file`; with no file the journal lives in memory (the simulator writes it whole at the end). */
export function openJournal(file: string | undefined, earlier: readonly JournalEntry[] = []): Journal {
  const entries = [...earlier];
  const descriptor = file === undefined ? undefined : openSync(file, 'a');
  return {
    entries,
    append(entry) {
      entries.push(entry);
      if (descriptor !== undefined) writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

/** What could be read of a journal, and what was wrong with it. */
export interface JournalRead {
  readonly entries: readonly JournalEntry[];
  /** A line in the middle that is no JSON: evidence was damaged. A torn last line is the mark of a killed harness. */
  readonly problems: readonly string[];
}

export function readJournal(file: string): JournalRead {
  const lines = readFileSync(file, 'utf8').split('\n');
  const entries: JournalEntry[] = [];
  const problems: string[] = [];
  lines.forEach((line, index) => {
    if (line === '') return;
    try {
      entries.push(JSON.parse(line) as JournalEntry);
    } catch {
      if (index < lines.length - 1) problems.push(`line ${index + 1} of the journal is not JSON`);
    }
  });
  return { entries, problems };
}
