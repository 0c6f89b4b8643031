/** IDs of 128 bits from a lane of the shell through its tap to columns: every bit, in order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Minter } from '../core/generator.ts';
import { NO_REQUESTS } from '../core/history.ts';
import { idReader } from '../core/id-words.ts';
import type { Layout } from '../core/layout.ts';
import { BATCH_FLAG, leaseLogName, lifeName } from '../core/tap.ts';
import { Lane } from '../../generators/shell/lane.ts';
import type { Outcome } from '../../generators/shell/lane.ts';
import { TapWriter } from '../../generators/shell/tap-writer.ts';
import { readHistory } from './history-for-tests.ts';

const LAYOUT: Layout = { idBits: 128, timeBits: 48, workerBits: 0, sequenceBits: 80, tickMs: 1, epochMs: 0 };
const LANE = { node: 'n1', incarnation: 1, lane: 0 };
const ORIGIN = { monotonicNs: '0', unixMs: 0, errorNs: 0 };
const SILENT = { called() {}, refused() {}, failed() {}, clockWentBack() {} };
const SEGMENT_BYTES = 100;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-long-ids-'));
  writeFileSync(join(folder, lifeName('n1', 1)), '');
  writeFileSync(join(folder, leaseLogName('n1', 1)), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (into: BigUint64Array, index: number, id: bigint): void =>
  into.set([BigInt.asUintN(64, id), id >> 64n], 2 * index);

function read(layout = LAYOUT) {
  const rest = { layout, nodes: ['n1'], requests: NO_REQUESTS, health: [] };
  const { history, problems } = readHistory(folder, ORIGIN, rest);
  const reader = idReader(history);
  const total = history.batches.count.reduce((sum, count) => sum + count, 0);
  return { problems, batches: history.batches, ids: Array.from({ length: total }, (_, index) => reader.at(index)) };
}

/** Asks a lane whose minter does this, once for each batch; the IDs that it was answered. */
async function mint(batches: readonly number[], minter: Minter['mint']): Promise<Outcome[]> {
  const tap = new TapWriter(folder, LANE, SEGMENT_BYTES, 128);
  const lane = new Lane({ mint: minter, holding: () => ({}), close: async () => {} }, tap, SILENT, 2);
  const outcomes: Outcome[] = [];
  for (const count of batches) lane.mint(count, (outcome) => outcomes.push(outcome));
  tap.close();
  return outcomes;
}

test('what a generator mints is what a history holds, over as many segments as it takes', async () => {
  const ids = fc.array(fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(ids, { minLength: 1, maxLength: 8 }), async (batches) => {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'snowglobe-long-ids-'));
      writeFileSync(join(folder, lifeName('n1', 1)), '');
      writeFileSync(join(folder, leaseLogName('n1', 1)), '');
      const left = [...batches];
      await mint(
        batches.map(({ length }) => length),
        (into) => {
          const batch = left.shift()!;
          expect(into).toHaveLength(2 * batch.length);
          batch.forEach((id, index) => put(into, index, id));
          return batch.length;
        },
      );
      const { problems, ids, batches: columns } = read();
      expect({ problems, ids }).toEqual({ problems: [], ids: batches.flat() });
      expect([...columns.count]).toEqual(batches.map(({ length }) => length));
      expect([...columns.workerId]).toEqual(batches.map(() => -1));
    }),
    { numRuns: 12 },
  );
});

test('what a call left that threw is recorded, whichever word of an ID is not zero', async () => {
  const outcomes = await mint([4], (into) => {
    put(into, 1, 1n << 64n);
    put(into, 3, 5n);
    throw new Error('failed');
  });
  expect(outcomes).toMatchObject([{ kind: 'failed' }]);
  const { ids, batches } = read();
  expect(ids).toEqual([1n << 64n, 5n]);
  expect([...batches.flags]).toEqual([BATCH_FLAG.threw]);
});

test('a count of words is no count of IDs', async () => {
  const outcomes = await mint([2], () => 4);
  expect(outcomes).toMatchObject([{ kind: 'failed', error: 'mint returned 4 for 2 IDs' }]);
});

test('a tap whose IDs are longer or shorter than the generator says is no evidence', async () => {
  await mint([2], (into, count) => {
    into.fill(7n);
    return count;
  });
  const { problems, ids } = read({ ...LAYOUT, idBits: 64, timeBits: 41, sequenceBits: 12 });
  expect(ids).toEqual([]);
  expect(problems).toEqual([expect.stringContaining('its IDs have 128 bits, the generator says 64')]);
});
