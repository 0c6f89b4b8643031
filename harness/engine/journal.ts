/**
 * The journal on disk: one JSON line an entry, written before the next thing happens, so that what was observed survives
 * a `kill -9` of the harness. Lines are numbered (`n`, from 0): a line that is missing is missed.
 */
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import type { JournalEntry } from '../core/journal.ts';
import { EngineLost } from '../core/store.ts';

export interface Journal {
  readonly entries: readonly JournalEntry[];
  append(entry: JournalEntry): void;
  close(): void;
}

/** Appends to `file`; with no file the journal lives in memory (the simulator writes it whole at the end). */
export function openJournal(file: string | undefined, earlier: readonly JournalEntry[] = []): Journal {
  const entries = [...earlier];
  if (file !== undefined) dropTornLine(file);
  const descriptor = file === undefined ? undefined : openSync(file, 'a');
  let unwritten = Buffer.alloc(0);
  /** Writes what there is; says why some of it is left. */
  const write = (into: number): string | undefined => {
    try {
      while (unwritten.length > 0) unwritten = unwritten.subarray(writeSync(into, unwritten));
      return undefined;
    } catch (error) {
      // Nobody heals a cluster whose harness ended for want of room. What is left is written as soon as there is some.
      if (!isDiskFull(error)) throw error;
      return messageOf(error);
    }
  };
  return {
    entries,
    append(entry) {
      const line = lineOf(entry, entries.length);
      entries.push(entry);
      if (descriptor === undefined) return;
      unwritten = Buffer.concat([unwritten, Buffer.from(line)]);
      const left = write(descriptor);
      // A range that the journal does not name may not be sent: whoever takes up the run would send it as another.
      if (left !== undefined && entry.kind === 'collect') throw new EngineLost(`the journal takes no more: ${left}`);
    },
    close() {
      if (descriptor === undefined) return;
      write(descriptor);
      closeSync(descriptor);
    },
  };
}

export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** A line that a killed harness did not finish would swallow the first one of its successor. */
function dropTornLine(file: string): void {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  truncateSync(file, bytes.lastIndexOf(10) + 1);
}

/** A whole journal as text: for one that was kept in memory. */
export function journalText(entries: readonly JournalEntry[]): string {
  return entries.map(lineOf).join('');
}

function lineOf(entry: JournalEntry, n: number): string {
  return `${JSON.stringify({ n, ...entry })}\n`;
}

/** What could be read of a journal, and what was wrong with it. */
export interface JournalRead {
  readonly entries: readonly JournalEntry[];
  /**
   * A line in the middle that is no JSON, or that is missing: evidence was damaged. A torn last line is the mark of a
   * killed harness.
   */
  readonly problems: readonly string[];
}

export function readJournal(file: string): JournalRead {
  const lines = readFileSync(file, 'utf8').split('\n');
  const entries: JournalEntry[] = [];
  const problems: string[] = [];
  let expected = 0;
  lines.forEach((line, index) => {
    if (line === '') return;
    try {
      const { n, ...entry } = JSON.parse(line) as JournalEntry & { readonly n: number };
      if (n !== expected) problems.push(`line ${index + 1} of the journal is number ${n}, and should be ${expected}`);
      expected = n + 1;
      entries.push(entry);
    } catch {
      if (index === lines.length - 1) return;
      problems.push(`line ${index + 1} of the journal is not JSON`);
      expected++;
    }
  });
  return { entries, problems };
}
