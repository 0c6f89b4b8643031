import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TapWriter } from '../../generators/shell/tap-writer.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Store } from '../core/store.ts';
import { EngineLost } from '../core/store.ts';
import type { Time } from '../core/time.ts';
import { openEmbedded } from '../stores/clickhouse/embedded.ts';
import { temporaryFolder } from '../stores/clickhouse/store-fixture.ts';
import { LAYOUT } from '../checkers/shared/history-builder.ts';
import { startCollector } from './collector.ts';
import type { Collector, CollectorOptions } from './collector.ts';

const RUN = 'ab12cd34';
const NODES = ['n1', 'n2'];

const time: Time = {
  now: () => Math.round(performance.now() * 1e6),
  sleep: async (ms, signal) => void (await sleep(ms, undefined, { ...(signal && { signal }) })),
  at: () => {
    throw new Error('a collector schedules nothing');
  },
};

test('carries all that nodes write, while they write and after they died', async () => {
  using run = runFolder();
  await using store = await openEmbedded({ folder: run.store, runId: RUN });
  const collector = collect(run, store, []);
  const written = await Promise.all([writeLane(run, 'n1', 400), writeLane(run, 'n2', 300)]);
  appendFileSync(join(run.taps, 'n2-1-0-0.ids'), 'killed');
  const drained = await collector.drain();
  expect(drained.stored).toEqual(drained.minted);
  expect(drained.minted.map(({ node, ids }) => [node, ids])).toEqual([
    ['n1', written[0]],
    ['n2', written[1]],
  ]);
  expect(drained).toMatchObject({ batches: 700, problems: [] });
  expect(drained.tornBytes).toBe(6);
  expect(collector.stored()).toBe(written[0] + written[1]);
});

test('what was committed before the moment that it tells is stored, without a drain', async () => {
  using run = runFolder();
  await using store = await openEmbedded({ folder: run.store, runId: RUN });
  const collector = collect(run, store, []);
  const written = await writeLane(run, 'n1', 300);
  const committed = time.now();
  while (collector.upTo() <= committed) {
    expect(collector.failure()).toBeUndefined();
    await sleep(5);
  }
  expect(collector.stored()).toBe(written);
  await collector.stop();
});

test('a harness dies: the next one sends the journalled ranges again, and the rest, each once', async () => {
  using run = runFolder();
  const journal: JournalEntry[] = [];
  const writing = Promise.all([writeLane(run, 'n1', 600), writeLane(run, 'n2', 600)]);
  {
    await using store = await openEmbedded({ folder: run.store, runId: RUN });
    let appends = 0;
    // Dies between the journal and the reply of the store, with and without the range in the store.
    const dying: Store = {
      ...delegate(store),
      append: async (range) => {
        appends++;
        if (appends === 5) throw new EngineLost('the harness dies here');
        await store.append(range);
        if (appends === 4) throw new EngineLost('the harness dies here');
      },
    };
    for (const earlier of [[], journal]) {
      const collector = collect(run, dying, journal, [...earlier]);
      await expect(ended(collector)).rejects.toBeInstanceOf(EngineLost);
    }
    expect(await store.counts()).not.toEqual([]);
  }
  const written = await writing;
  await using store = await openEmbedded({ folder: run.store, runId: RUN });
  const drained = await collect(run, store, journal, [...journal]).drain();
  expect(drained.problems).toEqual([]);
  expect(drained.stored).toEqual(drained.minted);
  expect(drained.minted.map(({ ids }) => ids)).toEqual(written);
  expect(new Set(tokens(journal)).size).toBe(tokens(journal).length);
});

test('a line that the journal lost is sent again under the token that it had, and stored once', async () => {
  using run = runFolder();
  const journal: JournalEntry[] = [];
  await using store = await openEmbedded({ folder: run.store, runId: RUN });
  const collector = collect(run, store, journal);
  await writeLane(run, 'n1', 300);
  await collector.drain();
  const all = tokens(journal);
  expect(all.length).toBeGreaterThan(3);
  for (const lost of [0, Math.floor(all.length / 2), all.length - 1]) {
    const damaged = journal.filter((entry) => entry.kind !== 'collect' || entry.token !== all[lost]);
    const { doubled, stored, minted, problems } = await collect(run, store, [], damaged).drain();
    expect({ lost, doubled, problems, stored }).toEqual({ lost, doubled: [], problems: [], stored: minted });
  }
});

test('a journal that was lost makes the store hold things twice, and that is told', async () => {
  using run = runFolder();
  const journal: JournalEntry[] = [];
  await using store = await openEmbedded({ folder: run.store, runId: RUN });
  const collector = collect(run, store, journal);
  const ids = await writeLane(run, 'n1', 300);
  await collector.drain();
  // Read at once, the taps come in other ranges than while they were written.
  const { doubled } = await collect(run, store, [], journal.slice(-1)).drain();
  expect(doubled).toMatchObject([{ node: 'n1', incarnation: 1, lane: 0, positions: ids }]);
  expect(doubled[0]!.ids).toBeGreaterThan(ids);
});

test('a journal that names what taps do not hold is told', async () => {
  using run = runFolder();
  const journal: JournalEntry[] = [];
  await writeLane(run, 'n1', 20);
  {
    await using store = await openEmbedded({ folder: run.store, runId: RUN });
    await collect(run, store, journal).drain();
  }
  for (const file of ['n1-1-0-0.ids', 'n1-1-0-0.batches']) rmSync(join(run.taps, file));
  await using store = await openEmbedded({ folder: run.store, runId: RUN });
  const { problems } = await collect(run, store, [], journal).drain();
  expect(problems).toEqual(expect.arrayContaining([expect.stringContaining('which the taps do not hold')]));
});

test('taps of a stranger are told, a lost store is surfaced', async () => {
  using run = runFolder();
  await writeLane(run, 'n9', 5);
  const store = await openEmbedded({ folder: run.store, runId: RUN });
  const { problems, stored } = await collect(run, store, []).drain();
  expect(problems).toEqual([expect.stringContaining('taps of n9')]);
  expect(stored).toEqual([]);
  await store[Symbol.asyncDispose]();
  await writeLane(run, 'n1', 5);
  const collector = collect(run, store, []);
  await expect(ended(collector)).rejects.toBeInstanceOf(EngineLost);
  await expect(collector.drain()).rejects.toBeInstanceOf(EngineLost);
});

interface RunFolder {
  readonly taps: string;
  readonly store: string;
}

function runFolder(): RunFolder & Disposable {
  const folder = temporaryFolder();
  const taps = join(folder.path, 'taps');
  mkdirSync(taps);
  return { taps, store: join(folder.path, 'store'), [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

function collect(
  run: RunFolder,
  store: Store,
  journal: JournalEntry[],
  earlier: readonly JournalEntry[] = [],
): Collector {
  const options: CollectorOptions = {
    tapFolder: run.taps,
    runId: RUN,
    nodes: NODES,
    layout: LAYOUT,
    origin: { monotonicNs: '0', unixMs: 0, errorNs: 0 },
    store,
    journal: { append: (entry) => void journal.push(entry) },
    time,
    earlier,
    everyMs: 20,
    limit: { ids: 2000, batches: 50 },
  };
  return startCollector(options);
}

/** Writes batches of 0–99 IDs over about half a second; returns the number of IDs. */
async function writeLane({ taps }: RunFolder, node: string, batches: number): Promise<bigint> {
  const writer = new TapWriter(taps, { node, incarnation: 1, lane: 0 }, 1e9);
  for (let batch = 0; batch < batches; batch++) {
    if (batch % 20 === 0) await sleep(15);
    writer.append(Buffer.alloc((batch % 100) * 8, batch), {
      flags: 0,
      calledNs: 5n,
      returnedNs: 6n,
      wallCalledNs: 0n,
      wallReturnedNs: 0n,
      workerId: 1,
      lease: 0n,
      createRevision: 0n,
      fenceNs: 0n,
      limitMs: 0n,
    });
  }
  writer.close();
  return writer.committed;
}

/** Resolves never; rejects when the collector gave up. */
async function ended(collector: Collector): Promise<never> {
  for (;;) {
    await sleep(10);
    const failure = collector.failure();
    if (failure !== undefined) throw failure;
  }
}

const tokens = (journal: readonly JournalEntry[]): string[] =>
  journal.flatMap((entry) => (entry.kind === 'collect' ? [entry.token] : []));

const delegate = (store: Store): Store => ({
  version: store.version,
  sql: store.sql,
  append: (range) => store.append(range),
  appendRequests: (requests) => store.appendRequests(requests),
  putFacts: (facts) => store.putFacts(facts),
  counts: () => store.counts(),
  bytes: () => store.bytes(),
  live: store.live,
  forgetCanary: () => store.forgetCanary(),
  [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
});
