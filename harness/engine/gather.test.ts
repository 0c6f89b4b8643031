import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import { loadScenario } from '../registry.ts';
import { recoverWindow } from './gather.ts';

test('a stall of the harness silences everybody on its machine, from a second before it to a second after', async () => {
  const journal: readonly JournalEntry[] = [
    { at: msToNs(2000), kind: 'phase', phase: 'recover' },
    { at: msToNs(5000), kind: 'stall', forMs: 300 },
    { at: msToNs(9000), kind: 'phase', phase: 'drain' },
  ];
  expect(recoverWindow(journal, await loadScenario('storm'))).toEqual({
    from: msToNs(2000),
    to: msToNs(9000),
    deaf: [{ from: msToNs(3700), to: msToNs(6000) }],
    pool: 3,
  });
});
