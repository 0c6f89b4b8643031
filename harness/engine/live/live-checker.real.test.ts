import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CANARY_NODE } from '../../core/canary.ts';
import type { Layout } from '../../core/layout.ts';
import { OPAQUE_64, OPAQUE_128 } from '../../core/layout.ts';
import type { LiveFinding } from '../../core/live.ts';
import { DATABASE } from '../../stores/clickhouse/schema.ts';
import { openClickHouseStore } from '../../stores/clickhouse/clickhouse-store.ts';
import type { EmbeddedEngine } from '../../stores/clickhouse/embedded.ts';
import { startEngine } from '../../stores/clickhouse/embedded.ts';
import { temporaryFolder } from '../../stores/clickhouse/store-fixture.ts';
import { LiveChecker } from './live-checker.ts';
import { rangeFor } from './range-for-tests.ts';

const LAYOUT: Layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 };
const NODES = ['n1', 'n2', 'n3'];
let folder: ReturnType<typeof temporaryFolder>;
let engine: EmbeddedEngine;
let runs = 0;

beforeAll(async () => {
  folder = temporaryFolder();
  engine = await startEngine(folder.path);
});
afterAll(async () => {
  await engine.stop();
  folder[Symbol.dispose]();
});

/** One run: appends ranges of nodes and looks when told to. */
async function opened(layout: Layout) {
  const idBits = layout.idBits ?? 64;
  const address = engine.address;
  const options = { database: DATABASE, engine: 'shared', version: 'chdb', address } as const;
  const store = await openClickHouseStore({ ...options, runId: `run${++runs}`, idBits });
  const checker = new LiveChecker({ sql: store.live, layout, untoldHolders: false, nodes: NODES });
  const next = new Map<number, bigint>();
  const found: LiveFinding[] = [];
  return {
    found,
    append: async (node: number, ids: readonly bigint[], more: { held?: number; calledMs?: number } = {}) => {
      const firstSeq = next.get(node) ?? 0n;
      next.set(node, firstSeq + BigInt(ids.length));
      const range = rangeFor({ ids, firstSeq, held: 5, idBits, perBatch: 3, node, ...more });
      await store.append(range);
      found.push(...checker.stored(range));
    },
    look: async () => {
      const seen = await checker.look();
      found.push(...seen);
      return seen;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

const duplicatesIn = (found: readonly LiveFinding[]): number =>
  found.reduce(
    (sum, { guarantee, found: some, canary }) => sum + (guarantee === 'unique' && canary !== true ? some : 0),
    0,
  );

/** IDs that occur more than once. */
function repeatedIn(all: readonly bigint[]): number {
  const seen = Map.groupBy(all, (id) => id);
  return [...seen.values()].filter((some) => some.length > 1).length;
}

const some = fc.bigInt({ min: 0n, max: 2000n });
const steps = (id: fc.Arbitrary<bigint>) =>
  fc.array(
    fc.record({
      node: fc.nat(2),
      ids: fc.array(id, { maxLength: 20 }),
      sorted: fc.boolean(),
      looks: fc.boolean(),
    }),
    { maxLength: 12 },
  );

describe('duplicates', () => {
  test.each([
    ['with worker IDs', LAYOUT, some.map((n) => ((n % 40n) << 12n) | (n / 40n))],
    ['of no layout', OPAQUE_64, some],
    ['of 128 bits', OPAQUE_128, some.map((n) => (n << 90n) | n)],
  ])('are counted once each, whoever mints them and whenever one looks: %s', async (_, layout, id) => {
    await fc.assert(
      fc.asyncProperty(steps(id), async (list) => {
        await using run = await opened(layout);
        const all: bigint[] = [];
        for (const { node, ids, sorted, looks } of list) {
          const minted = sorted ? ids.toSorted((a, b) => (a < b ? -1 : 1)) : ids;
          all.push(...minted);
          await run.append(node, minted);
          if (!looks) continue;
          await run.look();
          expect(duplicatesIn(run.found)).toBe(repeatedIn(all));
        }
        await run.look();
        expect(duplicatesIn(run.found)).toBe(repeatedIn(all));
      }),
      { numRuns: 6 },
    );
  });

  test('among IDs in no order, of which each is sought in the whole run', async () => {
    await using run = await opened(LAYOUT);
    const scattered = Array.from({ length: 600 }, (_, k) => BigInt((k * 7919) % 1009) << 23n);
    await run.append(0, scattered);
    expect(await run.look()).toEqual([]);
    await run.append(1, [3n, 4n, scattered[50]!]);
    expect(await run.look()).toMatchObject([{ found: 1, what: expect.stringContaining('by n1 and by n2') }]);
    await run.append(0, scattered.map((id) => id + 1n).with(77, scattered[500]!));
    expect(await run.look()).toMatchObject([{ found: 1, what: expect.stringContaining(`ID ${scattered[500]}`) }]);
    expect(await run.look()).toEqual([]);
  });

  test('among IDs that are random within a moment, and by their time one after the other', async () => {
    await using run = await opened(OPAQUE_128);
    const moment = (tick: bigint) =>
      Array.from({ length: 400 }, (_, k) => (tick << 80n) | BigInt((k * 7919) % 100_003));
    for (let tick = 1n; tick < 12n; tick++) {
      await run.append(Number(tick % 2n), moment(tick));
      expect(await run.look()).toEqual([]);
    }
    await run.append(0, [...moment(12n), moment(3n)[7]!, moment(12n)[9]!]);
    expect(await run.look()).toMatchObject([{ found: 2 }]);
    await run.append(1, moment(13n).with(5, moment(13n)[50]!));
    expect(await run.look()).toMatchObject([{ found: 1, what: expect.stringContaining('twice by n2') }]);
  });

  test('are told with who minted them and when, and the canary’s apart', async () => {
    await using run = await opened(LAYOUT);
    await run.append(0, [1n << 22n, 2n << 22n]);
    await run.append(1, [2n << 22n], { calledMs: 700, held: 6 });
    await run.append(CANARY_NODE, [5n << 22n, 9n << 22n, 5n << 22n]);
    const seen = await run.look();
    expect(seen.toSorted((a, b) => Number(a.canary ?? false) - Number(b.canary ?? false))).toEqual([
      { guarantee: 'unique', found: 1, emitted: 700.5e6, what: `ID ${2n << 22n} was minted by n1 and by n2` },
      {
        guarantee: 'unique',
        found: 1,
        emitted: 0.5e6,
        what: `ID ${5n << 22n} was minted twice by canary`,
        canary: true,
      },
    ]);
  });
});

test('two holders of one worker ID are told once, and one after the other is none', async () => {
  await using run = await opened(LAYOUT);
  const held = (found: readonly LiveFinding[]) => found.filter(({ guarantee }) => guarantee === 'owns-worker-id');
  const id = (tick: bigint): bigint => (tick << 22n) | (5n << 12n);
  await run.append(0, [id(1n)], { calledMs: 100 });
  await run.append(0, [id(2n)], { calledMs: 200 });
  await run.append(1, [id(3n)], { calledMs: 300 });
  expect(held(run.found)).toEqual([]);
  await run.append(0, [id(4n)], { calledMs: 400 });
  await run.append(1, [id(5n)], { calledMs: 500 });
  expect(held(run.found)).toEqual([
    {
      guarantee: 'owns-worker-id',
      found: 1,
      emitted: 300.5e6,
      what: 'n2 and n1 both minted under worker ID 5',
    },
  ]);
});
