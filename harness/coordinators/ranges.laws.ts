/**
 * What every database of ranges must keep to, real or virtual: segment generators are written against these laws.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Range, Ranges } from '../core/ranges.ts';

/** A database of its own for the laws, with the clock that its deadlines are kept on. */
export interface RangesBench extends AsyncDisposable {
  /** A client of its own each. */
  client(): Ranges;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** How late a busy machine may be with anything; 0 in virtual time. */
  readonly slackMs: number;
  /** From now on no request gets an answer, and none is refused. */
  silence(): Promise<void>;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** Answers again; resolves when it serves. */
  restore(): Promise<void>;
}

const DEADLINE_MS = 2000;
const SHORT_MS = 300;
const STEP = 100;

/** Declares the laws as tests. Each uses keys of its own, so that one bench serves all. */
export function rangesLaws(name: string, make: () => Promise<RangesBench>): void {
  describe(`ranges of ${name}`, () => {
    let bench: RangesBench;
    let ranges: Ranges;
    beforeAll(async () => {
      bench = await make();
      ranges = bench.client();
    });
    afterAll(async () => {
      await bench[Symbol.asyncDispose]();
    });
    const next = (key: string, step = STEP): Promise<Range> => ranges.next(key, step, DEADLINE_MS);

    test('numbers begin at 1, and one range follows the other', async () => {
      expect(await ranges.highest('first', DEADLINE_MS)).toBe(0n);
      expect(await next('first')).toEqual({ from: 1n, to: 100n });
      expect(await next('first', 7)).toEqual({ from: 101n, to: 107n });
      expect(await ranges.highest('first', DEADLINE_MS)).toBe(107n);
    });

    test('keys have nothing to do with one another', async () => {
      await next('one');
      expect(await next('other')).toEqual({ from: 1n, to: 100n });
    });

    test('numbers have 64 bits', async () => {
      await ranges.setHighest('great', 2n ** 62n, DEADLINE_MS);
      expect(await next('great', 2)).toEqual({ from: 2n ** 62n + 1n, to: 2n ** 62n + 2n });
    });

    test('setting the highest number may lower it', async () => {
      await next('set');
      await ranges.setHighest('set', 10n, DEADLINE_MS);
      expect(await next('set')).toEqual({ from: 11n, to: 110n });
    });

    test('ranges of concurrent callers are disjoint, and none is left out', async () => {
      const clients = Array.from({ length: 4 }, () => bench.client());
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, call) => clients[call % 4]!.next('race', STEP, DEADLINE_MS)),
      );
      const starts = taken.map(({ from }) => from).sort((a, b) => Number(a - b));
      expect(starts).toEqual(Array.from({ length: 20 }, (_, index) => BigInt(index * STEP + 1)));
      expect(taken.every(({ from, to }) => to - from === BigInt(STEP - 1))).toBe(true);
    });

    test('a call ends at its deadline while nobody answers, and its range is skipped or never taken', async () => {
      const before = await next('silence');
      await bench.silence();
      try {
        for (const expected of [/^CoordinationTimeout$/, /^Coordination(Timeout|Refused)$/]) {
          const startMs = bench.nowMs();
          await expect(ranges.next('silence', STEP, SHORT_MS)).rejects.toMatchObject({
            name: expect.stringMatching(expected) as string,
          });
          const tookMs = bench.nowMs() - startMs;
          expect(tookMs).toBeGreaterThanOrEqual(SHORT_MS - 1);
          expect(tookMs).toBeLessThanOrEqual(SHORT_MS + bench.slackMs);
        }
      } finally {
        await bench.restore();
      }
      // What was sent may be carried out late; whatever comes of it, nobody is given a number again.
      await bench.sleep(1000);
      const after = await next('silence');
      expect(after.from).toBeGreaterThan(before.to);
      expect(Number(after.from - before.to - 1n) % STEP).toBe(0);
      expect(after.from - before.to - 1n).toBeLessThanOrEqual(BigInt(2 * STEP));
    });

    test('what was given out survives kill -9, and a call to a dead server is refused at once', async () => {
      const before = await next('killed');
      await bench.kill();
      try {
        const startMs = bench.nowMs();
        await expect(bench.client().next('killed', STEP, DEADLINE_MS)).rejects.toMatchObject({
          name: 'CoordinationRefused',
        });
        expect(bench.nowMs() - startMs).toBeLessThanOrEqual(100 + bench.slackMs);
      } finally {
        await bench.restore();
      }
      expect((await bench.client().next('killed', STEP, DEADLINE_MS)).from).toBe(before.to + 1n);
    });

    test('a kill in the midst of calls gives no number twice', async () => {
      const clients = Array.from({ length: 3 }, () => bench.client());
      const taken: Range[] = [];
      let isOver = false;
      const work = clients.map(async (client) => {
        while (!isOver) {
          await client.next('amid', STEP, SHORT_MS).then(
            (range) => taken.push(range),
            () => bench.sleep(20),
          );
        }
      });
      await bench.sleep(100);
      await bench.kill();
      await bench.restore();
      await bench.sleep(200);
      isOver = true;
      await Promise.all(work);
      const starts = taken.map(({ from }) => String(from));
      expect(starts.length).toBeGreaterThan(3);
      expect(new Set(starts).size).toBe(starts.length);
      expect((await next('amid')).from).toBeGreaterThan(taken.reduce((most, { to }) => (to > most ? to : most), 0n));
    });
  });
}
