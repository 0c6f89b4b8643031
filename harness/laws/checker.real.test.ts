/**
 * The law that makes a checker trustworthy on a billion rows: its SQL finds what its plain fold finds. Many random
 * histories, as runs of one embedded ClickHouse.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carriedWorkersOf, readCarriedWorkers } from '../core/carried-workers.ts';
import type { History } from '../core/history.ts';
import { createRng } from '../core/random.ts';
import { HistoryBuilder, LAYOUT } from '../checkers/shared/history-builder.ts';
import { idBitsOf } from '../core/layout.ts';
import { msToNs } from '../core/time.ts';
import { BATCH_FLAG } from '../core/tap.ts';
import type { Store } from '../core/store.ts';
import { readTenures, readUnheld, tenuresOf, unheldOf } from '../core/tenures.ts';
import { readSequenceUse, sequenceUseOf } from '../core/sequence-use.ts';
import { loadCheckers } from '../registry.ts';
import { openClickHouseStore } from '../stores/clickhouse/clickhouse-store.ts';
import { type EmbeddedEngine, startEngine } from '../stores/clickhouse/embedded.ts';
import { PROMISES } from './promises.ts';
import { LONG_LAYOUT, PLANTS, randomHistory } from './random-history.ts';
import {
  withCoordinators,
  withLapses,
  withMovedKeys,
  withoutLayout,
  withoutNames,
  withoutPool,
  withRollbacks,
  withStalls,
} from './retold-history.ts';
import { factsOf, storeHistory } from './stored-history.ts';

/** More of them: SNOWGLOBE_RUNS. New ones every time; a failure names the seed, and SNOWGLOBE_SEED repeats it. */
const runCount = Number(process.env['SNOWGLOBE_RUNS'] ?? 11);
const seed = Number(process.env['SNOWGLOBE_SEED'] ?? Math.floor(Math.random() * 1e9));

const checkers = await loadCheckers();
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-checkers-'));
const runs: { readonly name: string; readonly history: History; readonly store: Store }[] = [];
let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await startEngine(folder);
  for (let i = 0; i < runCount; i++) {
    const rng = createRng(`${seed}/${i}`);
    // Every third run is honest, the others hold some or many plants.
    const plants = i % 3 === 0 ? [] : rng.shuffle(PLANTS).slice(0, rng.int(1, i % 3 === 1 ? 4 : PLANTS.length));
    // IDs of 64 and of 128 bits, in tables beside each other.
    const layout = i % 2 === 0 ? LAYOUT : LONG_LAYOUT;
    const told = randomHistory(rng.int(0, 1e9), plants, layout);
    const unnamed = withoutNames(told);
    const retellings = [
      told,
      unnamed,
      withLapses({ ...unnamed, health: told.health }, rng.fork('lapses')),
      withMovedKeys(told, rng.fork('leases')),
      withRollbacks(told, rng.fork('rollbacks')),
      withCoordinators(told, rng.fork('coordinators')),
      withoutPool(told),
      withStalls(told, rng.fork('stalls')),
      { ...told, incomplete: true as const },
      withoutLayout(told),
      { ...withLapses(unnamed, rng.fork('untold')), untoldHolders: true as const },
    ];
    const history = retellings[i % retellings.length]!;
    await keep(
      `SNOWGLOBE_SEED=${seed}, run ${i} of ${idBitsOf(layout)} bits with ${plants.join(', ') || 'no plant'}`,
      history,
    );
  }
  await keep('repeated by whole calls, all of which failed but the first', repeated(BATCH_FLAG.threw));
  await keep('repeated by whole calls', repeated(0));
  await keep('more repetitions of more pairs of lives than there are witnesses', crowded());
  for (const pausesMs of [900, 1000, 1100])
    await keep(`requests answered late, pauses of ${pausesMs} ms`, late(pausesMs));
  await keep('answered to two and to three, whole and in part, at once and later', answeredTwice());
  await keep('minted again after a rollback, by who could know and by who could not', rolledBack());
});

async function keep(name: string, history: History): Promise<void> {
  const idBits = idBitsOf(history.layout);
  const store = await openClickHouseStore({
    address: engine.address,
    database: `run${runs.length}`,
    engine: 'own',
    runId: `run${runs.length}`,
    idBits,
    version: 'under test',
  });
  await storeHistory(store, history);
  runs.push({ name, history, store });
}

/** What random histories seldom hold: many repeated IDs of few pairs of calls, beside an honest call that failed. */
function repeated(flags: number): History {
  const builder = new HistoryBuilder();
  const idsAt = (ms: number) => Array.from({ length: 20 }, (_, sequence) => ({ ms, sequence }));
  for (const at of [10, 20, 30, 40, 50]) {
    builder.batch({ node: 'n1', at, ids: idsAt(at) });
    builder.batch({ node: 'n2', at: at + 1, flags, ids: idsAt(at).slice(3) });
    builder.batch({ node: 'n3', at: at + 2, flags, lane: at % 20, ids: idsAt(at).slice(0, 7) });
  }
  return builder.batch({ node: 'n1', at: 60, flags: BATCH_FLAG.refused, ids: idsAt(60) }).build();
}

function crowded(): History {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const builder = new HistoryBuilder(nodes);
  const pairs = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b]));
  for (const [i, pair] of pairs.entries())
    for (let at = 10 * i; at < 10 * i + 5; at++)
      for (const node of pair) builder.batch({ node, at, ids: [{ ms: at }] });
  return builder.build();
}

/** Two rollbacks; of the IDs of n1 and n2 some were forgotten, n3 and n4 mint them again, and n2 lives again. */
function rolledBack(): History {
  const builder = new HistoryBuilder(['n1', 'n2', 'n3', 'n4']);
  const idsOf = (...at: readonly number[]) => at.map((ms) => ({ ms, worker: 0 }));
  builder
    .batch({ node: 'n2', at: 5, lease: 2n, revision: 20n, ids: idsOf(5) })
    .batch({ node: 'n1', at: 10, lease: 1n, revision: 30n, ids: idsOf(10) })
    .batch({ node: 'n1', at: 30, lease: 1n, revision: 30n, ids: idsOf(30, 31) })
    .batch({ node: 'n1', at: 80, lease: 1n, revision: 30n, ids: idsOf(80) })
    .batch({ node: 'n2', at: 90, lease: 2n, revision: 20n, ids: idsOf(31, 80) })
    .batch({ node: 'n3', at: 90, lease: 3n, revision: 30n, ids: idsOf(10, 30, 31, 80, 90) })
    .batch({ node: 'n3', at: 95, lease: 3n, revision: 30n, ids: idsOf(30) })
    .batch({ node: 'n4', at: 95, worker: 1, lease: 4n, revision: 31n, ids: idsOf(31) })
    .batch({ node: 'n4', at: 200, lease: 5n, revision: 33n, ids: idsOf(80, 90) })
    .lease(1n, { node: 'n1', revision: 30n, sentMs: 40, ttlMs: 50, endedMs: 60 });
  const rollbacks = [
    { since: msToNs(8), from: msToNs(50), at: msToNs(60), before: '32', revision: '25' },
    { since: msToNs(85), from: msToNs(150), at: msToNs(160), before: '40', revision: '29' },
  ];
  return { ...builder.build(), rollbacks };
}

/** Answers that share places: with one, with two others, and two pairs that are told at the same moment. */
function answeredTwice(): History {
  const builder = new HistoryBuilder(['n1', 'n2']);
  const ids = Array.from({ length: 12 }, (_, sequence) => ({ ms: 10, sequence }));
  const batch = { node: 'n1', at: 10, ids };
  builder.batch(batch).batch({ ...batch, node: 'n2' });
  const minted = builder.idsOf(batch);
  const told: readonly (readonly [from: number, to: number, at: number])[] = [
    ...([
      [0, 4, 10],
      [2, 6, 30],
      [0, 12, 20],
      [5, 6, 30],
      [5, 6, 30],
      [6, 12, 40],
      [6, 8, 40],
      [11, 12, 5],
    ] as const),
  ];
  for (const node of ['n1', 'n2'])
    for (const [from, to, at] of told)
      builder.request({ node, at, status: 'ok', answer: { firstSeq: from, ids: minted.slice(from, to) } });
  return builder.build();
}

/** A load that is too much for n1, and clients that n2 never answers, longer than a random history: numbers above 2^32. */
function late(pausesMs: number): History {
  const builder = new HistoryBuilder(['n1', 'n2', 'n3']).batch({
    node: 'n2',
    at: 5000,
    worker: 1,
    ids: [{ ms: 5000 }],
  });
  for (let at = 5000; at < 12_000; at += pausesMs) {
    builder.batch({ node: 'n1', at, ids: [{ ms: at }] });
    builder.request({ node: 'n1', at, takesMs: 500, status: at % 2000 === 0 ? 'ok' : 'no answer' });
    builder.request({ node: 'n2', at, takesMs: 500, status: 'no answer' });
  }
  return builder
    .batch({ node: 'n1', at: 12_100, ids: [{ ms: 12_100 }] })
    .recover(5000, 12_000, 1)
    .build();
}

afterAll(async () => {
  for (const { store } of runs) await store[Symbol.asyncDispose]();
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(
  PROMISES.map((promise) => [promise.guarantee, 'scope' in promise ? promise.scope : '', promise] as const),
)('%s %s', (guarantee, _scope, promise) => {
  test('the store finds what the fold finds', async () => {
    const checker = checkers.get(guarantee)!;
    for (const { name, history, store } of runs) {
      const { method: _, ...found } = await checker.sql(store.sql, factsOf(history), promise);
      const { method: __, ...folded } = checker.fold(history, promise);
      expect({ name, ...found }).toEqual({ name, ...folded });
    }
  });
});

test('the store finds the tenures of the history', async () => {
  for (const { history, store } of runs) expect(await readTenures(store.sql, history)).toEqual(tenuresOf(history));
});

test('the store finds what was minted under no worker ID', async () => {
  for (const { history, store } of runs) expect(await readUnheld(store.sql, history)).toEqual(unheldOf(history));
});

test('the store finds the one worker ID that all IDs of a node carry', async () => {
  const found = await Promise.all(runs.map(({ history, store }) => readCarriedWorkers(store.sql, history)));
  expect(found).toEqual(runs.map(({ history }) => carriedWorkersOf(history)));
  expect(new Set(found.map(({ size }) => size)).size).toBeGreaterThan(1);
});

test('the store finds how full ticks are', async () => {
  for (const { name, history, store } of runs) {
    const found = await readSequenceUse(store.sql, factsOf(history));
    expect({ name, found }).toEqual({ name, found: sequenceUseOf(history) });
  }
  expect(runs.some(({ history }) => sequenceUseOf(history).some(({ peak }) => peak > 1))).toBe(true);
});
