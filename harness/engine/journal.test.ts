import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { journalText, openJournal, readJournal } from './journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const notes: readonly JournalEntry[] = ['a', 'b', 'c'].map((text, at) => ({ at, kind: 'note', text }));
const file = join(folder, 'journal.jsonl');
const read = (lines: readonly string[]) => {
  writeFileSync(file, lines.join('\n'));
  return readJournal(file);
};

test('what was appended is read back, also by a second harness that goes on', () => {
  const first = openJournal(file);
  for (const note of notes) first.append(note);
  first.close();
  const second = openJournal(file, readJournal(file).entries);
  second.append({ at: 3, kind: 'note', text: 'd' });
  second.close();
  expect(readJournal(file)).toEqual({ entries: [...notes, { at: 3, kind: 'note', text: 'd' }], problems: [] });
  expect(readFileSync(file, 'utf8')).toBe(journalText(readJournal(file).entries));
});

test('a torn last line is what a killed harness leaves, and no problem', () => {
  expect(read([...journalText(notes).trim().split('\n'), '{"n":3,"at":3,"ki'])).toEqual({
    entries: notes,
    problems: [],
  });
});

test('whoever goes on after a torn line drops it', () => {
  read([...journalText(notes).trim().split('\n'), '{"n":3,"at":3,"ki']);
  const second = openJournal(file, notes);
  second.append({ at: 3, kind: 'note', text: 'd' });
  second.close();
  expect(readJournal(file)).toEqual({ entries: [...notes, { at: 3, kind: 'note', text: 'd' }], problems: [] });
});

test('a line that is missing, or that is no JSON, is missed', () => {
  const [a = '', , c = ''] = journalText(notes).split('\n');
  expect(read([a, c, '']).problems).toEqual(['line 2 of the journal is number 2, and should be 1']);
  expect(read([a, '{"n":1,', c, '']).problems).toEqual(['line 2 of the journal is not JSON']);
  expect(read(['', c, '']).problems).toHaveLength(1);
});
