import { expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { msToNs } from '../core/time.ts';
import { loadScenario } from '../registry.ts';
import { recoverWindow } from './recover-window.ts';

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

test('so does a node that waited for a CPU for half of the time or more, but not one that began anew', async () => {
  const health = (second: number, incarnation: number, cpuWaitMs?: number): JournalEntry => ({
    at: msToNs(second * 1000 + 50),
    kind: 'health',
    node: 'n1',
    health: {
      status: 'minting',
      incarnation,
      wallMs: 0,
      at: msToNs(second * 1000),
      minted: ['0'],
      ...(cpuWaitMs !== undefined && { cpuWaitMs }),
    },
    offsetMs: 0,
  });
  const journal: readonly JournalEntry[] = [
    health(1, 1),
    { at: msToNs(2000), kind: 'phase', phase: 'recover' },
    health(2, 1, 100),
    health(3, 1, 599),
    health(5, 1, 1599),
    health(6, 2, 9000),
    { at: msToNs(9000), kind: 'phase', phase: 'drain' },
  ];
  expect(recoverWindow(journal, await loadScenario('storm'))?.deaf).toEqual([
    { node: 'n1', from: msToNs(2000), to: msToNs(7000) },
  ]);
});
