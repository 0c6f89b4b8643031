import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Holding, Minter } from '../../harness/core/generator.ts';
import { HELD_TWO } from '../../harness/core/held.ts';
import { BATCH_BYTES, BATCH_FLAG, decodeBatch } from '../../harness/core/tap.ts';
import type { BatchRecord } from '../../harness/core/tap.ts';
import { Refusal } from './env.ts';
import { Lane } from './lane.ts';
import type { Outcome } from './lane.ts';
import { TapWriter } from './tap-writer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowglobe-lane-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SILENT = { called() {}, refused() {}, failed() {}, clockWentBack() {} };

function laneOf(mint: Minter['mint'], holding: Minter['holding'] = () => undefined): Lane {
  const tap = new TapWriter(folder, { node: 'n1', incarnation: 1, lane: 0 });
  return new Lane({ mint, holding, close: async () => {} }, tap, SILENT);
}

/** The outcome of one request, with its IDs copied. */
const ask = (lane: Lane, count: number) =>
  new Promise<Outcome>((resolve) =>
    lane.mint(count, (outcome) =>
      resolve(outcome.kind === 'minted' ? { ...outcome, ids: outcome.ids.slice() } : outcome),
    ),
  );

function records(): (BatchRecord & { ids: bigint[] })[] {
  const batches = readFileSync(join(folder, 'n1-1-0-0.batches'));
  const ids = readFileSync(join(folder, 'n1-1-0-0.ids'));
  return Array.from({ length: batches.length / BATCH_BYTES }, (_, index) => {
    const record = decodeBatch(batches, index * BATCH_BYTES) as BatchRecord;
    const at = (i: number): bigint => ids.readBigUInt64LE((Number(record.firstSeq) + i) * 8);
    return { ...record, ids: Array.from({ length: record.count }, (_, i) => at(i)) };
  });
}

test('a batch is in the tap, with what was held before the call, when the request is answered', async () => {
  let held = { workerId: 5, lease: { id: '18446744073709551615', createRevision: '9', fenceNs: 3n, limitMs: 4 } };
  const lane = laneOf(
    (into) => {
      held = { ...held, lease: { ...held.lease, fenceNs: 5n, limitMs: 6 } };
      into.set([7n, 8n]);
      return 2;
    },
    () => held,
  );
  lane.mint(3, (outcome) => {
    expect(outcome).toEqual({ kind: 'minted', firstSeq: 0n, ids: BigUint64Array.of(7n, 8n) });
    expect(records()).toMatchObject([
      {
        count: 2,
        ids: [7n, 8n],
        flags: 0,
        workerId: 5,
        lease: 2n ** 64n - 1n,
        createRevision: 9n,
        fenceNs: 3n,
        limitMs: 4n,
      },
    ]);
  });
  expect(await ask(lane, 3)).toMatchObject({ kind: 'minted', firstSeq: 2n });
  const { calledNs, returnedNs, wallCalledNs } = records()[0] as BatchRecord;
  expect(returnedNs).toBeGreaterThanOrEqual(calledNs);
  expect(Math.abs(Number(wallCalledNs / 1_000_000n) - Date.now())).toBeLessThan(10_000);
});

test('what a call got beyond what was asked for is recorded behind it, and answered to nobody', async () => {
  let extras: BigUint64Array | undefined = BigUint64Array.of(9n, 0n, 10n);
  const minter: Minter = {
    mint(into) {
      into.set([7n, 8n]);
      return 2;
    },
    extras: () => extras,
    holding: () => undefined,
    close: async () => {},
  };
  const lane = new Lane(minter, new TapWriter(folder, { node: 'n1', incarnation: 1, lane: 0 }), SILENT);
  expect(await ask(lane, 2)).toEqual({ kind: 'minted', firstSeq: 0n, ids: BigUint64Array.of(7n, 8n) });
  extras = undefined;
  expect(await ask(lane, 2)).toMatchObject({ firstSeq: 5n });
  expect(records()).toMatchObject([{ count: 5, ids: [7n, 8n, 9n, 0n, 10n] }, { count: 2 }]);
});

test('what a call that failed got beyond what was asked for is evidence, too', async () => {
  const minter: Minter = {
    mint(into) {
      into[0] = 7n;
      throw new Error('late');
    },
    extras: () => BigUint64Array.of(8n),
    holding: () => undefined,
    close: async () => {},
  };
  const lane = new Lane(minter, new TapWriter(folder, { node: 'n1', incarnation: 1, lane: 0 }), SILENT);
  expect(await ask(lane, 1)).toMatchObject({ kind: 'failed', error: 'late' });
  expect(records()).toMatchObject([{ flags: BATCH_FLAG.threw, ids: [7n, 8n] }]);
});

test('a call that waited for a worker ID is recorded with the one that it found', async () => {
  let held: Holding | undefined;
  const lane = laneOf(
    async (into) => {
      await Promise.resolve();
      const lease = { id: '7', createRevision: '9', fenceNs: 3n, limitMs: 4 };
      held = { workerId: 5, lease };
      into[0] = 7n;
      return 1;
    },
    () => held,
  );
  expect(await ask(lane, 1)).toMatchObject({ kind: 'minted' });
  expect(records()).toMatchObject([
    { ids: [7n], workerId: 5, lease: 7n, createRevision: 9n, fenceNs: 3n, limitMs: 4n },
  ]);
});

test('a call that found another tenure than it began under may have minted under either', async () => {
  const lease = { id: '7', createRevision: '9', fenceNs: 3n, limitMs: 4 };
  const before: Holding = { workerId: 5, lease };
  let held: Holding | undefined;
  let found: Holding | undefined;
  const lane = laneOf(
    async (into) => {
      await Promise.resolve();
      held = found;
      into[0] = 7n;
      return 1;
    },
    () => held,
  );
  for (found of [
    { workerId: 6, lease },
    { workerId: 5, lease: { ...lease, createRevision: '10' } },
    { workerId: 5, lease: { ...lease, id: '8' } },
    { workerId: 5, lease: { ...lease, fenceNs: 9n } },
    undefined,
  ]) {
    held = before;
    await ask(lane, 1);
  }
  expect(records().map(({ workerId, lease, createRevision }) => [workerId, lease, createRevision])).toEqual([
    [HELD_TWO, 0n, 0n],
    [HELD_TWO, 0n, 0n],
    // The same key under another lease, the same lease kept alive, and nothing found: no other tenure.
    [5, 7n, 9n],
    [5, 7n, 9n],
    [5, 7n, 9n],
  ]);
});

test('IDs that a call left although it gave none are recorded with what the call did', async () => {
  const calls: (() => number)[] = [
    () => {
      throw new Refusal('waiting');
    },
    () => {
      throw new TypeError('broken');
    },
    () => NaN,
    () => -1,
    () => 4,
    () => null as unknown as number,
  ];
  let leave = true;
  const lane = laneOf((into) => {
    // The zero before them was there before the call: no sentinel.
    if (leave) into.set([9n, 5n], 1);
    return (calls[0] as () => number)();
  });
  const outcomes = [];
  while (calls.length > 0) {
    outcomes.push(await ask(lane, 3));
    calls.shift();
  }
  expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'failed', 'failed', 'failed', 'failed', 'failed']);
  expect(outcomes[2]).toEqual({ kind: 'failed', error: 'mint returned NaN for 3 IDs' });
  const { refused, threw, badCount } = BATCH_FLAG;
  expect(records().map(({ flags }) => flags)).toEqual([refused, threw, badCount, badCount, badCount, badCount]);
  expect(records().map(({ ids }) => ids)).toEqual(Array.from({ length: 6 }, () => [9n, 5n]));

  leave = false;
  calls.push(() => {
    throw new Refusal('waiting');
  });
  await ask(lane, 3);
  expect(records()).toHaveLength(6); // an honest refusal leaves nothing
  expect(lane.refusal).toBeUndefined(); // it held nothing: it waits, it does not refuse
});

test('what mint returns is a count or a promise of one; a thenable of another kind is neither', async () => {
  // oxlint-disable-next-line unicorn/no-thenable -- the very thing under test
  const answers = [Promise.resolve(1), { then: (done: (count: number) => void) => done(1) }];
  const lane = laneOf((into) => {
    if (answers.length === 2) into[0] = 7n;
    return answers.shift() as Promise<number>;
  });
  expect(await ask(lane, 1)).toMatchObject({ kind: 'minted' });
  expect(await ask(lane, 1)).toMatchObject({ kind: 'failed' });
  expect(records()).toMatchObject([
    { ids: [7n], flags: 0 },
    { ids: [], flags: BATCH_FLAG.badCount },
  ]);
});

test('zeros that a call counts as IDs are recorded as IDs', async () => {
  const lane = laneOf(() => 2);
  expect(await ask(lane, 2)).toMatchObject({ kind: 'minted', ids: BigUint64Array.of(0n, 0n) });
  expect(records()).toMatchObject([{ ids: [0n, 0n], flags: 0 }]);
});

test('while one call waits, others queue in order, and beyond the bound they are refused as busy', async () => {
  let open = 0;
  let next = 1n;
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const lane = laneOf(async (into) => {
    expect(++open).toBe(1);
    await gate;
    open--;
    into[0] = next++;
    return 1;
  });
  const outcomes = Array.from({ length: 258 }, () => ask(lane, 1));
  expect(await outcomes[257]).toEqual({ kind: 'refused', reason: 'busy' });
  release();
  const answered = await Promise.all(outcomes.slice(0, 257));
  expect(answered.map((outcome) => outcome.kind === 'minted' && outcome.ids[0])).toEqual(
    Array.from({ length: 257 }, (_, i) => BigInt(i + 1)),
  );
  expect(lane.committed).toBe(257n);
});

test('a call that transfers its array away has failed, the next one has an array again', async () => {
  let gives = true;
  const lane = laneOf((into) => {
    into[0] = 7n;
    if (gives) structuredClone(into.buffer, { transfer: [into.buffer as ArrayBuffer] });
    return 1;
  });
  const gone = { kind: 'failed', error: 'mint gave away the array that it was to fill' };
  expect(await ask(lane, 1)).toEqual(gone);
  gives = false;
  expect(await ask(lane, 1)).toEqual({ kind: 'minted', firstSeq: 0n, ids: BigUint64Array.of(7n) });
  expect(records()).toMatchObject([
    { ids: [], flags: BATCH_FLAG.badCount },
    { ids: [7n], flags: 0 },
  ]);
});
