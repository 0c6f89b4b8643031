import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import { unserved } from './unserved.ts';

const at = (second: number): number => msToNs(1000 * second);

function load(second: number, ok: number, node = 'n1'): JournalEntry {
  const told = { refused: {}, errors: {}, noAnswer: 0 };
  return { at: at(second), kind: 'load', node, sent: 100, dropped: 0, ok, ids: 50 * ok, ...told };
}

/** Two slots from 3 s and 6 s on, and the time after the last heal from 9 s to 12 s. */
function run(ok: (second: number) => number): readonly JournalEntry[] {
  return [
    { at: at(1), kind: 'phase', phase: 'warm-up' },
    { at: at(3), kind: 'slot', slot: 'cut' },
    { at: at(6), kind: 'slot', slot: 'stopped' },
    { at: at(9), kind: 'phase', phase: 'recover' },
    { at: at(12), kind: 'phase', phase: 'drain' },
    ...Array.from({ length: 11 }, (_, index) => load(index + 2, ok(index + 2))),
  ];
}

test('a run that is served throughout is not doubted', () => {
  expect(unserved(run(() => 10))).toEqual([]);
});

test('what was served before the disturbances does not stand for what was served in them, nor after the heal', () => {
  expect(unserved(run((second) => (second <= 3 ? 1000 : 0)))).toEqual([
    {
      reason: 'too few samples',
      scope: 'cut',
      detail:
        'Clients never received IDs in the slot cut, from 3.0 s to 6.0 s: that shows nothing of how the generator bore it.',
    },
    expect.objectContaining({ scope: 'stopped' }),
    expect.objectContaining({
      scope: 'run',
      detail: expect.stringContaining('never received IDs after the last heal') as string,
    }),
  ]);
});

test('each second counts for the time that most of it lies in, and nodes count together', () => {
  const others = [load(7, 5, 'n2'), load(7, 4, 'n3')];
  const quiet = run((second) => (second === 7 ? 0 : 100));
  expect(unserved(quiet)).toEqual([]);
  const last = run((second) => (second <= 6 || second >= 10 ? 100 : 0));
  expect(unserved([...last, ...others]).map(({ detail }) => detail)).toEqual([
    expect.stringContaining('Clients received IDs 9 times in the slot stopped'),
  ]);
  expect(unserved([...last, ...others, load(8, 1, 'n3')])).toEqual([]);
});

test('a run that was cut short says that, and no more', () => {
  expect(unserved(run(() => 0).filter((entry) => entry.kind !== 'phase'))).toEqual([]);
});
