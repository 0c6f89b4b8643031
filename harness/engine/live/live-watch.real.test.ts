/** The live path as a run has it: taps, collector, store, and whoever watches; and what becomes of it when a part is blind. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TapWriter } from '../../../generators/shell/tap-writer.ts';
import { LAYOUT } from '../../checkers/shared/history-builder.ts';
import type { SqlReader } from '../../core/checker.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { encodeId } from '../../core/layout.ts';
import type { LiveFinding } from '../../core/live.ts';
import { createRng } from '../../core/random.ts';
import type { Time } from '../../core/time.ts';
import { nsToMs } from '../../core/time.ts';
import { openClickHouseStore } from '../../stores/clickhouse/clickhouse-store.ts';
import type { EmbeddedEngine } from '../../stores/clickhouse/embedded.ts';
import { startEngine } from '../../stores/clickhouse/embedded.ts';
import { DATABASE } from '../../stores/clickhouse/schema.ts';
import { temporaryFolder } from '../../stores/clickhouse/store-fixture.ts';
import { startCollector } from '../collector.ts';
import { Canary } from './canary.ts';
import { LiveChecker } from './live-checker.ts';
import { LIVE_WITHIN_MS, LiveWatch } from './live-watch.ts';

const time: Time = {
  now: () => Math.round(performance.now() * 1e6),
  sleep: async (ms, signal) => void (await sleep(ms, undefined, { ...(signal && { signal }) })),
  at: () => {
    throw new Error('nothing is scheduled here');
  },
};

let engine: EmbeddedEngine;
let folderOfEngine: ReturnType<typeof temporaryFolder>;
let runs = 0;

beforeAll(async () => {
  folderOfEngine = temporaryFolder();
  engine = await startEngine(folderOfEngine.path);
});
afterAll(async () => {
  await engine.stop();
  folderOfEngine[Symbol.dispose]();
});

interface Watched {
  readonly taps: string;
  readonly journal: readonly JournalEntry[];
  readonly live: LiveWatch;
  readonly found: readonly LiveFinding[];
  /** Mints one batch of a node. */
  mint(node: string, ids: readonly bigint[]): void;
  /** Waits until everything committed by now was looked at. */
  seen(): Promise<void>;
  /** As at the end of a run. */
  drain(): Promise<void>;
}

/** `blind`: what the store answers to whoever looks while the run lasts. */
async function watching(
  act: (watched: Watched) => Promise<void>,
  blind?: (live: SqlReader) => SqlReader,
): Promise<void> {
  using folder = temporaryFolder();
  const taps = join(folder.path, 'taps');
  mkdirSync(taps);
  const runId = `live${++runs}`;
  const { address } = engine;
  const options = { database: DATABASE, engine: 'shared', version: 'chdb', address, idBits: 64 } as const;
  await using store = await openClickHouseStore({ ...options, runId });
  const nodes = ['n1', 'n2'];
  const journal: JournalEntry[] = [];
  const found: LiveFinding[] = [];
  const appending = { append: (entry: JournalEntry) => void journal.push(entry) };
  const sql = blind === undefined ? store.live : blind(store.live);
  const live = new LiveWatch({
    checker: new LiveChecker({ sql, layout: LAYOUT, untoldHolders: false, nodes }),
    canary: new Canary({ tapFolder: taps, originNs: 0n, idBits: 64, time, rng: createRng('7').fork('canary') }),
    journal: appending,
    time,
    onFinding: (finding) => void found.push(finding),
  });
  const origin = { monotonicNs: '0', unixMs: 0, errorNs: 0 };
  const collector = startCollector({
    tapFolder: taps,
    runId,
    nodes,
    layout: LAYOUT,
    origin,
    store,
    journal: appending,
    time,
    live,
    everyMs: 50,
  });
  const writers = new Map<string, TapWriter>();
  await act({
    taps,
    journal,
    live,
    found,
    mint(node, ids) {
      const writer = writers.get(node) ?? new TapWriter(taps, { node, incarnation: 1, lane: 0 });
      writers.set(node, writer);
      const now = BigInt(time.now());
      writer.append(new Uint8Array(BigUint64Array.from(ids).buffer), {
        flags: 0,
        calledNs: now,
        returnedNs: now,
        wallCalledNs: 0n,
        wallReturnedNs: 0n,
        workerId: nodes.indexOf(node),
        lease: 0n,
        createRevision: 0n,
        fenceNs: 0n,
        limitMs: 0n,
      });
    },
    async seen() {
      const now = time.now();
      while (time.now() - live.lagMs() * 1e6 <= now) await sleep(5);
    },
    async drain() {
      const drained = await collector.drain();
      await live.finish();
      // The canary is nobody's evidence.
      expect(drained.problems).toEqual([]);
      expect(drained.minted.map(({ node }) => node)).toEqual([...writers.keys()].sort());
      expect(drained.stored).toEqual(drained.minted);
      expect(await store.sql.rows('select count() as n from ids where node > 1')).toEqual([{ n: '0' }]);
    },
  });
  for (const writer of writers.values()) writer.close();
}

const id = (tick: number, workerId: number): bigint => encodeId(LAYOUT, { tick, workerId, sequence: 0 });
const told = (journal: readonly JournalEntry[]) =>
  journal.flatMap((entry) => (entry.kind === 'live' ? [`${entry.guarantee} ${entry.found}`] : []));
const doubts = (journal: readonly JournalEntry[]) =>
  journal.flatMap((entry) => (entry.kind === 'unknown' ? [entry.reason] : []));

test('a sound run sees its canary and says nothing', () =>
  watching(async ({ mint, live, seen, drain, journal }) => {
    mint('n1', [id(1, 0), id(2, 0)]);
    live.plant();
    mint('n2', [id(1, 1), id(2, 1)]);
    await seen();
    mint('n1', [id(3, 0)]);
    live.plant();
    await drain();
    expect(journal.map(({ kind }) => kind).filter((kind) => kind !== 'collect')).toEqual(['live end']);
    expect(journal.at(-1)).toMatchObject({ whole: true });
    expect(JSON.stringify(journal)).not.toContain('canary');
  }));

test('what is wrong is told with when it was minted; later than two seconds after that, that it is late', () =>
  watching(async ({ mint, seen, drain, journal, found }) => {
    mint('n1', [id(1, 0), id(2, 0), id(3, 0)]);
    mint('n2', [id(1, 1)]);
    await seen();
    expect(told(journal)).toEqual([]);
    const before = time.now();
    mint('n2', [id(2, 0)]);
    await seen();
    expect(told(journal).toSorted()).toEqual(['unique 1', 'well-formed 1']);
    mint('n1', [id(9, 0), id(8, 0)]);
    await drain();
    expect(told(journal).toSorted()).toEqual(['increasing-per-node 1', 'unique 1', 'well-formed 1']);
    for (const { emitted } of found) expect(emitted).toBeGreaterThanOrEqual(before);
    for (const entry of journal)
      if (entry.kind === 'live' && nsToMs(entry.at - entry.emitted) > LIVE_WITHIN_MS)
        expect(journal).toContainEqual(
          expect.objectContaining({ kind: 'note', text: expect.stringContaining('behind') }),
        );
    expect(doubts(journal)).toEqual([]);
  }));

describe('a live path that is blind makes the run unknown', () => {
  test('the canary’s tap is gone before it is read', () =>
    watching(async ({ taps, mint, live, drain, journal }) => {
      mint('n1', [id(1, 0)]);
      live.plant();
      for (const file of ['canary-1-0-0.ids', 'canary-1-0-0.batches']) rmSync(join(taps, file));
      await drain();
      expect(doubts(journal)).toMatchObject([
        { reason: 'live path blind', detail: expect.stringContaining('a duplicate and') },
      ]);
      expect(journal.at(-1)).toMatchObject({ kind: 'live end', whole: false });
    }));

  test('the canary cannot be planted', () =>
    watching(async ({ taps, mint, live, drain, journal }) => {
      mint('n1', [id(1, 0)]);
      mkdirSync(join(taps, 'canary-1-0-0.ids'));
      live.plant();
      await drain();
      expect(doubts(journal)).toMatchObject([{ detail: expect.stringContaining('could not be planted: EISDIR') }]);
    }));

  test('its bytes are damaged on the way', () =>
    watching(async ({ taps, mint, live, drain, journal }) => {
      mint('n1', [id(1, 0)]);
      live.plant();
      writeFileSync(join(taps, 'canary-1-0-0.ids'), Buffer.alloc(64, 1));
      await drain();
      expect(doubts(journal)).toMatchObject([{ reason: 'live path blind' }]);
    }));

  test('what is stored cannot be seen', () =>
    watching(
      async ({ mint, live, drain, journal }) => {
        live.plant();
        mint('n1', [id(1, 0), id(1, 0)]);
        await drain();
        expect(doubts(journal)).toMatchObject([{ detail: expect.stringMatching(/planted a duplicate in a tap/) }]);
        // What needs no store is seen all the same.
        expect(told(journal)).toEqual(['increasing-per-node 1']);
      },
      () => ({ rows: async () => [] }),
    ));

  test('the store refuses to look', () =>
    watching(
      async ({ mint, live, drain, journal }) => {
        live.plant();
        mint('n1', [id(1, 0)]);
        await drain();
        expect(doubts(journal)).toMatchObject([{ reason: 'live path blind' }]);
        expect(journal).toContainEqual(
          expect.objectContaining({ kind: 'note', text: expect.stringContaining('live detection has ended') }),
        );
      },
      (live) => ({ rows: (query) => live.rows(query.replaceAll('ids', 'nothing')) }),
    ));

  test('it goes blind later: the second canary finds that out', () => {
    let isBlind = false;
    return watching(
      async ({ mint, live, seen, drain, journal }) => {
        mint('n1', [id(1, 0)]);
        live.plant();
        await seen();
        isBlind = true;
        live.plant();
        await drain();
        expect(doubts(journal)).toMatchObject([{ reason: 'live path blind' }]);
      },
      (live) => ({ rows: (query, parameters) => (isBlind ? Promise.resolve([]) : live.rows(query, parameters)) }),
    );
  });
});

test('late is behind, and no doubt', () =>
  watching(
    async ({ mint, live, drain, journal }) => {
      mint('n1', [id(1, 0)]);
      live.plant();
      await drain();
      expect(doubts(journal)).toEqual([]);
      expect(journal).toContainEqual(
        expect.objectContaining({ kind: 'note', text: expect.stringMatching(/^live detection behind: .* \d\.\d s/) }),
      );
    },
    (live) => ({
      rows: async (query, parameters) => {
        await sleep(1050);
        return live.rows(query, parameters);
      },
    }),
  ));
