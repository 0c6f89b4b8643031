import { expect, test } from 'vitest';
import { clockWindows } from './clock-window.ts';
import { ordersIn } from './clock-orders.ts';
import type { JournalEntry } from './journal.ts';
import { msToNs } from './time.ts';

const UNIX_MS = 1_700_000_000_000;

/** A clock that is put an hour ahead in its first second; who answers shows that, and may not be who mints. */
function journal(clockDoubt?: string): readonly JournalEntry[] {
  const at = msToNs(5000);
  const health = { status: 'minting', incarnation: 1, wallMs: UNIX_MS + 3_605_000, at, minted: [] } as const;
  const told = clockDoubt === undefined ? health : { ...health, clockDoubt };
  return [
    { kind: 'clock', node: 'n1', offsetMs: 3_600_000, rate: 1, from: 0, at: msToNs(1), took: true },
    { kind: 'health', node: 'n1', at, offsetMs: 3_600_000, health: told },
  ];
}

function shows(entries: readonly JournalEntry[], unixMs: number): boolean {
  const windowOf = clockWindows({ unixMs: UNIX_MS, orders: ordersIn(entries) });
  const [called, returned] = [msToNs(6000), msToNs(6001)];
  const [wallCalledMs, wallReturnedMs] = [UNIX_MS + 3_606_000, UNIX_MS + 3_606_001];
  const { spans } = windowOf('n1', { called, returned, wallCalledMs, wallReturnedMs });
  return spans.some(({ lowMs, highMs }) => lowMs <= unixMs && unixMs <= highMs);
}

test('an order that the clock of what mints was not seen to follow leaves true time as honest as the time that it asked for', () => {
  const [asked, trueTime, neither] = [UNIX_MS + 3_606_000, UNIX_MS + 6000, UNIX_MS + 1_800_000];
  expect([asked, trueTime, neither].map((ms) => shows(journal(), ms))).toEqual([true, false, false]);
  const doubted = journal('python (process 7) has not loaded the shim');
  expect([asked, trueTime, neither].map((ms) => shows(doubted, ms))).toEqual([true, true, false]);
});
