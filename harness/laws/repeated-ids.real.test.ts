/**
 * Adversarial histories: what the run certificate and the order of all IDs find, each forced, is what the plain fold finds;
 * and so with every other checker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryBuilder, LAYOUT } from '../checkers/shared/history-builder.ts';
import { LISTED_MAX } from '../checkers/shared/repeated-ids.ts';
import { readUnique } from '../checkers/unique.ts';
import { REPEATED_MAX } from '../core/finding.ts';
import type { History } from '../core/history.ts';
import { STEPS_MAX } from '../core/id-summary.ts';
import type { Layout } from '../core/layout.ts';
import { encodeId, idBitsOf, OPAQUE_64 } from '../core/layout.ts';
import { createRng } from '../core/random.ts';
import type { Store } from '../core/store.ts';
import { loadCheckers } from '../registry.ts';
import { openClickHouseStore } from '../stores/clickhouse/clickhouse-store.ts';
import type { EmbeddedEngine } from '../stores/clickhouse/embedded.ts';
import { startEngine } from '../stores/clickhouse/embedded.ts';
import { DATABASE } from '../stores/clickhouse/schema.ts';
import { PROMISES } from './promises.ts';
import { LONG_LAYOUT } from './random-history.ts';
import { factsOf, storeHistory } from './stored-history.ts';

/** New ones every time; a failure names the seed, and SNOWGLOBE_SEED repeats it. */
const seed = Number(process.env['SNOWGLOBE_SEED'] ?? Math.floor(Math.random() * 1e9));
const RANDOM_RUNS = Number(process.env['SNOWGLOBE_RUNS'] ?? 11);

const UNIQUE = { guarantee: 'unique' } as const;

const checkers = await loadCheckers();
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-repeated-'));
let engine: EmbeddedEngine;
let runs = 0;

beforeAll(async () => {
  engine = await startEngine(folder);
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

async function storeOf(history: History, batchesPerRange = Infinity): Promise<Store> {
  const store = await openClickHouseStore({
    address: engine.address,
    database: DATABASE,
    engine: 'shared',
    runId: `run${runs++}`,
    idBits: idBitsOf(history.layout),
    version: 'under test',
  });
  await storeHistory(store, history, batchesPerRange);
  return store;
}

/** Batches of lanes: `[node, lane, IDs]`, a millisecond each. */
type Told = readonly (readonly [node: string, lane: number, ids: readonly bigint[]])[];

function historyOf(layout: Layout, told: Told): History {
  const builder = new HistoryBuilder(['n1', 'n2', 'n3'], layout);
  told.forEach(([node, lane, ids], at) => builder.batch({ node, lane, at, worker: Number(node.slice(1)), ids }));
  return builder.build();
}

const range = (count: number, of: (k: number) => bigint): bigint[] => Array.from({ length: count }, (_, k) => of(k));

/** By what is wrong with them, for IDs of any layout. `id`: the k-th ID of a worker, in order. */
function adversaries(layout: Layout): Readonly<Record<string, Told>> {
  const greatest = 2n ** BigInt(idBitsOf(layout)) - 1n;
  const id = (worker: number, k: number): bigint =>
    encodeId(layout, { tick: 100 + Math.floor(k / 64), workerId: worker, sequence: k % 64 });
  const plain = (k: number): bigint => (layout.timeBits === 0 ? BigInt(k) : id(1, k));
  const batches = (node: string, ids: readonly bigint[], of = 16): Told =>
    Array.from({ length: Math.ceil(ids.length / of) }, (_, k) => [node, 0, ids.slice(k * of, (k + 1) * of)] as const);
  return {
    'all equal': [
      ...batches(
        'n1',
        range(300, () => plain(7)),
      ),
      ...batches(
        'n2',
        range(300, () => plain(7)),
      ),
    ],
    'all distinct': [
      ...batches('n1', range(300, plain)),
      ...batches(
        'n2',
        range(300, (k) => plain(k + 300)),
      ),
    ],
    'two lanes equal': [...batches('n1', range(200, plain)), ...batches('n2', range(200, plain))],
    'one duplicate at the far ends': [...batches('n1', range(400, plain)), ['n3', 1, [plain(900), plain(0)]]],
    'duplicates astride the edges of batches and ranges': [
      ['n1', 0, range(16, plain)],
      ['n1', 0, range(16, (k) => plain(k + 15))],
      ['n1', 0, range(16, (k) => plain(k + 30))],
    ],
    'duplicates about the middle, where slices meet': [
      ...batches('n1', range(101, plain)),
      ['n2', 0, [plain(49), plain(50), plain(51)]],
    ],
    '0 and all bits set': [
      ['n1', 0, [0n, 1n, greatest - 1n, greatest]],
      ['n2', 0, [0n]],
      ['n3', 0, [greatest, 0n, greatest]],
    ],
    'only 0': [['n1', 0, [0n]]],
    descending: batches(
      'n1',
      range(300, (k) => plain(299 - k)),
    ),
    'descending, two of them': [
      ...batches(
        'n1',
        range(100, (k) => plain(99 - k)),
      ),
      ...batches(
        'n2',
        range(100, (k) => plain(99 - k)),
      ),
    ],
    'interleaved workers': Array.from({ length: 20 }, (_, k) => [
      `n${1 + (k % 3)}`,
      0,
      range(16, (i) => (layout.timeBits === 0 ? plain(48 * k + i) : id(1 + (i % 3), 16 * k + i))),
    ]),
    'interleaved lanes of one worker': Array.from({ length: 20 }, (_, k) => [
      'n1',
      k % 2,
      range(16, (i) => plain(32 * Math.floor(k / 2) + 2 * i + (k % 2))),
    ]),
    'an ID of long ago among those of now': [
      ...batches('n1', range(300, plain)),
      ['n1', 0, [plain(400), plain(401), plain(3), plain(402), plain(403)]],
    ],
    '200 duplicates of one ID': [
      ...batches('n1', range(300, plain)),
      ...batches(
        'n2',
        range(200, () => plain(150)),
      ),
    ],
    'more steps back than are told of': [
      ['n1', 0, range(6 * STEPS_MAX, (k) => plain(k % 2 === 0 ? k : 200 - k))],
      ['n2', 0, [plain(2), plain(500)]],
    ],
    'more repeated IDs than are listed': [
      ...batches('n1', range(REPEATED_MAX + 5, plain), 300),
      ...batches('n2', range(REPEATED_MAX + 5, plain), 300),
    ],
    'more repeated IDs than are looked up': [
      ...batches('n1', range(LISTED_MAX + 50, plain), 500),
      ...batches('n2', range(LISTED_MAX + 50, plain), 500),
      ['n3', 0, range(3, () => plain(LISTED_MAX + 40))],
    ],
  };
}

const LAYOUTS = [
  ['64 bits', LAYOUT],
  ['128 bits', LONG_LAYOUT],
  ['64 bits of no layout', OPAQUE_64],
] as const;

describe.each(LAYOUTS)('%s', (_, layout) => {
  test.each(Object.entries(adversaries(layout)))('%s', async (name, told) => {
    const history = historyOf(layout, told);
    // A range is a part of the table.
    await using store = await storeOf(history, name.endsWith('ranges') ? 1 : Infinity);
    await agreeOnUnique(name, history, store);
    // What the length of IDs and their fields mean to the other checkers, random histories try.
    if (layout === LAYOUT) await agreeOnAll(name, history, store);
  });
});

test('histories of few IDs, many of them equal', async () => {
  for (let run = 0; run < RANDOM_RUNS; run++) {
    const rng = createRng(`${seed}/${run}`);
    const [, layout] = rng.pick(LAYOUTS);
    const highest = rng.pick([3, 20, 200]);
    const isSorted = rng.chance(0.7);
    const told = Array.from({ length: rng.int(1, 12) }, () => {
      const values = range(rng.int(1, 14), () => BigInt(rng.int(0, highest)));
      const ids = isSorted ? [...new Set(values)].sort((a, b) => (a < b ? -1 : 1)) : values;
      const worker = rng.int(0, 2);
      const idOf = (value: bigint): bigint =>
        layout.timeBits === 0
          ? value
          : encodeId(layout, {
              tick: Number(value),
              workerId: rng.chance(0.1) ? rng.int(0, 2) : worker,
              sequence: rng.chance(0.9) ? 0 : 1,
            });
      return [`n${rng.int(1, 3)}`, rng.int(0, 1), ids.map(idOf)] as const;
    });
    const history = historyOf(layout, told);
    await using store = await storeOf(history);
    await agreeOnUnique(`SNOWGLOBE_SEED=${seed}, run ${run}`, history, store);
    await agreeOnAll(`SNOWGLOBE_SEED=${seed}, run ${run}`, history, store);
  }
});

async function agreeOnUnique(name: string, history: History, store: Store): Promise<void> {
  const { method: _, ...folded } = checkers.get('unique')!.fold(history, UNIQUE);
  for (const by of ['run certificate', 'order of all IDs'] as const) {
    const { method, ...found } = await readUnique(store.sql, factsOf(history), UNIQUE, by);
    expect({ name, by, ...found }).toEqual({ name, by, ...folded });
    expect(method).toMatchObject({ by, ids: folded.checked });
    expect(method!.compared).toBeLessThanOrEqual(folded.checked);
  }
}

async function agreeOnAll(name: string, history: History, store: Store): Promise<void> {
  for (const promise of PROMISES) {
    const checker = checkers.get(promise.guarantee)!;
    const { method: _, ...found } = await checker.sql(store.sql, factsOf(history), promise);
    const { method: __, ...folded } = checker.fold(history, promise);
    expect({ name, ...found }).toEqual({ name, ...folded });
  }
}
