import { expect, test } from 'vitest';
import type { SqlReader } from '../../core/checker.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { EngineLost } from '../../core/store.ts';
import type { Canary } from './canary.ts';
import { Duplicates } from './duplicates.ts';
import type { LiveChecker } from './live-checker.ts';
import { LiveWatch } from './live-watch.ts';
import { rangeFor } from './range-for-tests.ts';

const SPAN = { low: 71n, high: 73n };
const RANGE = rangeFor({ ids: [71n, 72n, 73n], firstSeq: 0n, held: 1, idBits: 64, perBatch: 3 });

test.each(['met', 'wild'] as const)(
  'what a look that failed had before it is looked at by the next: %s',
  async (kind) => {
    const asked: string[] = [];
    const sql: SqlReader = {
      rows: async (query) => {
        asked.push(query);
        if (asked.length === 1) throw new EngineLost('too little memory');
        return [];
      },
    };
    const duplicates = new Duplicates(sql, 64);
    if (kind === 'met') duplicates.stored(RANGE, [SPAN]);
    else duplicates.storedWild(RANGE, SPAN);
    await expect(duplicates.look()).rejects.toThrow('too little memory');
    await duplicates.look();
    expect(asked[1]).toBe(asked[0]);
    await duplicates.look();
    expect(asked).toHaveLength(2);
  },
);

test('a look that failed is told once, and nothing of it counts as looked at', async () => {
  let now = 0;
  let fails = true;
  const entries: JournalEntry[] = [];
  const look = async (): Promise<readonly []> => {
    if (fails) throw new EngineLost('too little memory for a check');
    return [];
  };
  const canary = { missed: () => undefined } as unknown as Canary;
  const watch = new LiveWatch({
    checker: { look, seeksEach: false } as unknown as LiveChecker,
    canary,
    journal: { append: (entry) => entries.push(entry) },
    time: { now: () => now } as never,
    onFinding: () => undefined,
  });
  const pass = async (): Promise<void> => {
    watch.passed((now += 1e9));
    await new Promise(setImmediate);
  };
  await pass();
  await pass();
  expect(watch.lagMs()).toBe(2000);
  expect(entries).toMatchObject([{ kind: 'note', text: expect.stringContaining('too little memory') }]);
  fails = false;
  await pass();
  expect(watch.lagMs()).toBe(0);
  fails = true;
  await watch.finish();
  expect(entries.at(-1)).toMatchObject({ kind: 'live end', whole: false });
});
