import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { errorRemarks } from './error-remarks.ts';

const load = (errors: Record<string, number>): JournalEntry => ({
  at: 0,
  kind: 'load',
  node: 'n1',
  sent: 100,
  dropped: 0,
  ok: 1,
  ids: 1,
  refused: {},
  errors,
  noAnswer: 0,
});

test('answers that are errors are told with the commonest; connections that failed are none', () => {
  expect(errorRemarks([load({ ECONNREFUSED: 9, 'unsent:1212': 488 }), load({})])).toEqual([]);
  expect(errorRemarks([load({ 'it is HTML': 2 })])).toEqual([
    'A remark: 2 requests were answered with an error, this one: it is HTML',
  ]);
  expect(errorRemarks([load({ 'it is HTML': 2, slow: 1 }), load({ slow: 1200, ECONNRESET: 5000 })])).toEqual([
    'A remark: 1,203 requests were answered with an error, most often (1,201 times) this one: slow',
  ]);
});
