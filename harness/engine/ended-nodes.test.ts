import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import { endingRemarks, lastWordsOf } from './ended-nodes.ts';

const ended = (second: number, node: string, lastWords: string): JournalEntry => ({
  at: msToNs(1000 * second),
  kind: 'ended',
  node,
  lastWords,
});

test('a node that ended by itself is told of once, by what it said last, unless a doubt tells of it', () => {
  const journal = [ended(1, 'n1', 'exit 1, a'), ended(2, 'n2', 'exit 1, b'), ended(3.5, 'n1', 'SIGABRT, c')];
  expect(endingRemarks(journal, [])).toEqual([
    'A remark: n1 ended by itself 2 times, last before 3.5 s (SIGABRT, c).',
    'A remark: n2 ended by itself before 2.0 s (exit 1, b).',
  ]);
  const silent = { reason: 'node silent', scope: 'n1', detail: '' } as const;
  expect(endingRemarks(journal, [silent])).toHaveLength(1);
  expect(endingRemarks(journal, [{ ...silent, reason: 'load not achieved' }])).toHaveLength(2);
});

test('the last words are those of the node, or none', () => {
  const journal = [ended(1, 'n1', 'a'), ended(2, 'n1', 'b'), ended(3, 'n2', 'c')];
  expect(lastWordsOf(journal, 'n1')).toBe('; it ended by itself (b)');
  expect(lastWordsOf(journal, 'n3')).toBe('');
});
