import { expect, test } from 'vitest';
import type { Promise_ } from '../../core/guarantee.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { LiveFinding } from '../../core/live.ts';
import { EarlyEnd, EndedEarly } from './early-end.ts';

const PROMISES: readonly Promise_[] = [
  { guarantee: 'unique', assuming: ['coordinator never rolls back'] },
  { guarantee: 'owns-worker-id', assuming: ['coordinator keeps leases'] },
  { guarantee: 'well-formed' },
];
const ROLLBACK = { at: 1, kind: 'rollback' } as JournalEntry;

function ended(guarantee: LiveFinding['guarantee'], failFast = true, entries: readonly JournalEntry[] = []): boolean {
  const end = new EarlyEnd({
    failFast,
    promises: PROMISES,
    journal: { entries },
    signal: new AbortController().signal,
  });
  end.take({ guarantee, found: 1, emitted: 0, what: 'something was seen' });
  return end.signal.reason instanceof EndedEarly && end.signal.reason.message.includes('something was seen');
}

test('a violation of a promise ends the run, where that was asked for', () => {
  expect(ended('unique')).toBe(true);
  expect(ended('well-formed')).toBe(true);
  expect(ended('unique', false)).toBe(false);
});

test('what is not promised, or may come to be excused, does not', () => {
  expect(ended('increasing-per-node')).toBe(false);
  expect(ended('owns-worker-id')).toBe(false);
  expect(ended('unique', true, [ROLLBACK])).toBe(false);
  expect(ended('well-formed', true, [ROLLBACK])).toBe(true);
});

test('the user may interrupt at any time, and that is no early end', () => {
  const user = new AbortController();
  const end = new EarlyEnd({ failFast: true, promises: PROMISES, journal: { entries: [] }, signal: user.signal });
  user.abort();
  expect(end.signal.aborted).toBe(true);
  expect(end.signal.reason).not.toBeInstanceOf(EndedEarly);
});
