import { expect, test } from 'vitest';
import type { JournalEntry } from '../../core/journal.ts';
import type { Judged } from './disagreements.ts';
import { disagreements } from './disagreements.ts';

const live = (guarantee: 'unique' | 'increasing-per-node' | 'owns-worker-id'): JournalEntry => ({
  ...{ at: 5, kind: 'live', guarantee, found: 1, emitted: 4, what: 'ID 7 was minted twice by n1' },
});
const end = (whole = true): JournalEntry => ({ at: 9, kind: 'live end', whole });
const finding = (guarantee: Judged['findings'][number]['guarantee'], violations: number, over = {}) => ({
  ...{ guarantee, checked: 10, violations, undecided: 0 },
  ...over,
});
const LANE = { node: 'n1', incarnation: 1, lane: 0 };
const between = (journal: JournalEntry[], ...findings: Judged['findings'][number][]) =>
  disagreements({ journal, findings, lanes: [LANE] });

test('what both say, or neither says, is no disagreement', () => {
  expect(between([live('unique'), end()], finding('unique', 3), finding('well-formed', 0))).toEqual([]);
  expect(between([], finding('unique', 3))).toEqual([]);
});

test('what was seen while the run lasted and is not there at its end makes the run unknown', () => {
  expect(between([live('unique'), end()], finding('unique', 0))).toEqual([
    {
      reason: 'harness contradicts itself',
      scope: 'unique',
      detail: expect.stringContaining('it was seen that ID 7 was minted twice by n1, and the judge found no violation'),
    },
  ]);
  // Whose doing it was could not be told, or nothing was judged.
  expect(between([live('owns-worker-id'), end()], finding('owns-worker-id', 0, { undecided: 1 }))).toEqual([]);
  expect(between([live('unique'), end()], finding('unique', 0, { checked: 0 }))).toEqual([]);
});

test('what the judge found and nobody saw makes it unknown too, where all was looked at', () => {
  expect(between([end()], finding('unique', 2))).toMatchObject([
    { scope: 'unique', detail: expect.stringContaining('2 violations of unique, and none was seen') },
  ]);
  expect(between([end(false)], finding('unique', 2))).toEqual([]);
  expect(between([end()], finding('increasing-per-node', 2))).toHaveLength(1);
  // Between lanes, between lives, by leases: nobody looks before the end.
  const lanes = [LANE, { ...LANE, lane: 1 }];
  expect(disagreements({ journal: [end()], findings: [finding('increasing-per-node', 2)], lanes })).toEqual([]);
  expect(between([end()], finding('increasing-across-lives', 2), finding('owns-worker-id', 1))).toEqual([]);
});
