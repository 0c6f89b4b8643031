/**
 * What every coordinator must keep to, real or virtual: generators are written against these laws, and the simulator is
 * worth as much as its etcd resembles the real one in them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnerEvent } from '../core/cluster.ts';
import type { Compare, Coordination, KeyValue, TxnResult } from '../core/generator.ts';

/** A coordinator of its own for the laws, with the clock that its deadlines are kept on. */
export interface CoordinationBench extends AsyncDisposable {
  readonly coordination: Coordination;
  /** What was told of owner keys so far; grows. */
  readonly owners: readonly OwnerEvent[];
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** How late a busy machine may be with anything; 0 in virtual time. */
  readonly slackMs: number;
  /** From now on no request gets an answer, and none is refused. */
  silence(): Promise<void>;
  /** Answers again; resolves when it serves. */
  restore(): Promise<void>;
}

const DEADLINE_MS = 1500;
const TTL_MS = 2000;
/** A lease may outlive its TTL by this much. */
const LATE_MS = 500;
const POLL_MS = 25;

/** Declares the laws as tests. Each uses keys of its own, so that one bench serves all. */
export function coordinationLaws(name: string, make: () => Promise<CoordinationBench>): void {
  describe(`coordination of ${name}`, () => {
    let bench: CoordinationBench;
    beforeAll(async () => {
      bench = await make();
    });
    afterAll(async () => {
      await bench[Symbol.asyncDispose]();
    });

    const put = (key: string, value: string, lease?: string): Promise<TxnResult> =>
      bench.coordination.txn([], [{ put: key, value, ...(lease !== undefined && { lease }) }], [], DEADLINE_MS);
    const get = async (key: string): Promise<KeyValue | undefined> =>
      (await bench.coordination.txn([], [{ get: key }], [], DEADLINE_MS)).got[0];
    const holds = async (compare: Compare): Promise<boolean> =>
      (await bench.coordination.txn([compare], [], [], DEADLINE_MS)).succeeded;
    const grant = () => bench.coordination.grant(TTL_MS, DEADLINE_MS);

    /** When the key was first seen gone: just before that question was asked, and after its answer came. */
    const untilGone = async (key: string): Promise<{ readonly askedMs: number; readonly answeredMs: number }> => {
      for (;;) {
        const askedMs = bench.nowMs();
        const found = await get(key);
        if (found === undefined) return { askedMs, answeredMs: bench.nowMs() };
        await bench.sleep(POLL_MS);
      }
    };

    describe('keys', () => {
      test('a write raises the revision, which is the create revision of a key that it creates', async () => {
        const created = await put('keys/a', '1');
        expect(await get('keys/a')).toEqual({
          key: 'keys/a',
          value: '1',
          createRevision: created.revision,
          modRevision: created.revision,
          lease: '0',
        });
        const changed = await put('keys/a', '2');
        expect(BigInt(changed.revision)).toBeGreaterThan(BigInt(created.revision));
        expect(await get('keys/a')).toMatchObject({
          value: '2',
          createRevision: created.revision,
          modRevision: changed.revision,
        });
      });

      test('a key that was deleted and written again has a new create revision', async () => {
        const first = await put('keys/again', 'x');
        await bench.coordination.txn([], [{ delete: 'keys/again' }], [], DEADLINE_MS);
        expect(await get('keys/again')).toBeUndefined();
        const second = await put('keys/again', 'x');
        expect((await get('keys/again'))?.createRevision).toBe(second.revision);
        expect(BigInt(second.revision)).toBeGreaterThan(BigInt(first.revision));
      });

      test('a range holds the keys with the prefix and no others, in the order of their bytes', async () => {
        for (const key of ['range/b', 'range/10', 'range/9', 'range/é', 'range0', 'rangd/z']) await put(key, key);
        const found = await bench.coordination.range('range/', DEADLINE_MS);
        expect(found.map(({ key }) => key)).toEqual(['range/10', 'range/9', 'range/b', 'range/é']);
        expect(await bench.coordination.range('range/nothing', DEADLINE_MS)).toEqual([]);
      });

      test('reading changes no revision', async () => {
        const { revision } = await put('keys/read', '1');
        const read = await bench.coordination.txn([], [{ get: 'keys/read' }], [], DEADLINE_MS);
        expect(read.revision).toBe(revision);
      });
    });

    describe('transactions', () => {
      test('a missing key has create and mod revision 0', async () => {
        for (const target of ['create', 'mod'] as const) {
          expect(await holds({ key: 'txn/missing', target, op: '=', revision: '0' })).toBe(true);
          expect(await holds({ key: 'txn/missing', target, op: '<', revision: '1' })).toBe(true);
          expect(await holds({ key: 'txn/missing', target, op: '>', revision: '0' })).toBe(false);
        }
      });

      test('every comparison of the value of a missing key fails', async () => {
        for (const op of ['=', '<', '>'] as const)
          expect(await holds({ key: 'txn/missing', target: 'value', op, value: '' })).toBe(false);
      });

      test('revisions compare as numbers, values as bytes', async () => {
        const { revision } = await put('txn/compared', '10');
        const above = String(BigInt(revision) + 100n);
        expect(await holds({ key: 'txn/compared', target: 'create', op: '=', revision })).toBe(true);
        expect(await holds({ key: 'txn/compared', target: 'mod', op: '<', revision: above })).toBe(true);
        expect(await holds({ key: 'txn/compared', target: 'mod', op: '>', revision: above })).toBe(false);
        expect(await holds({ key: 'txn/compared', target: 'value', op: '=', value: '10' })).toBe(true);
        expect(await holds({ key: 'txn/compared', target: 'value', op: '<', value: '9' })).toBe(true);
        expect(await holds({ key: 'txn/compared', target: 'value', op: '>', value: '1' })).toBe(true);
        expect(await holds({ key: 'txn/compared', target: 'value', op: '<', value: '10' })).toBe(false);
      });

      test('one comparison that fails takes the other branch, and nothing of the first happens', async () => {
        await put('txn/branch', 'before');
        const result = await bench.coordination.txn(
          [
            { key: 'txn/branch', target: 'value', op: '=', value: 'before' },
            { key: 'txn/branch', target: 'create', op: '=', revision: '0' },
          ],
          [{ put: 'txn/branch', value: 'after' }],
          [{ get: 'txn/branch' }, { get: 'txn/missing' }],
          DEADLINE_MS,
        );
        expect(result.succeeded).toBe(false);
        expect(result.got[0]?.value).toBe('before');
        expect(result.got[1]).toBeUndefined();
      });

      test('operations happen in order and at one revision, and each has its place in `got`', async () => {
        await put('txn/order/gone', 'x');
        const result = await bench.coordination.txn(
          [],
          [
            { put: 'txn/order/a', value: 'new' },
            { get: 'txn/order/a' },
            { delete: 'txn/order/gone' },
            { get: 'txn/order/gone' },
            { put: 'txn/order/b', value: 'new' },
          ],
          [],
          DEADLINE_MS,
        );
        expect(result.got.map((found) => found?.value)).toEqual([undefined, 'new', undefined, undefined, undefined]);
        const written = await bench.coordination.range('txn/order/', DEADLINE_MS);
        expect(written.map(({ key, createRevision }) => [key, createRevision])).toEqual([
          ['txn/order/a', result.revision],
          ['txn/order/b', result.revision],
        ]);
      });

      test('tells which keys it deleted: those of the branch taken that were there', async () => {
        await put('txn/deleted/there', 'x');
        await put('txn/deleted/other-branch', 'x');
        const remove = (): Promise<TxnResult> =>
          bench.coordination.txn(
            [],
            [{ get: 'txn/branch' }, { delete: 'txn/deleted/missing' }, { delete: 'txn/deleted/there' }],
            [{ delete: 'txn/deleted/other-branch' }],
            DEADLINE_MS,
          );
        expect((await remove()).deleted).toEqual(['txn/deleted/there']);
        expect((await remove()).deleted).toEqual([]);
      });

      test('of two that create one key, one succeeds', async () => {
        const create = (value: string): Promise<TxnResult> =>
          bench.coordination.txn(
            [{ key: 'txn/race', target: 'create', op: '=', revision: '0' }],
            [{ put: 'txn/race', value }],
            [{ get: 'txn/race' }],
            DEADLINE_MS,
          );
        const [one, other] = await Promise.all([create('one'), create('other')]);
        expect([one.succeeded, other.succeeded].filter(Boolean)).toHaveLength(1);
        expect((one.succeeded ? other : one).got[0]?.value).toBe(one.succeeded ? 'one' : 'other');
      });
    });

    describe('leases', () => {
      test('a grant is for at least what was asked, under a name of its own', async () => {
        const [one, other] = [await grant(), await grant()];
        expect(one.ttlMs).toBeGreaterThanOrEqual(TTL_MS);
        expect(one.id).toMatch(/^[1-9]\d*$/);
        expect(other.id).not.toBe(one.id);
        for (const { id } of [one, other]) await bench.coordination.revoke(id, DEADLINE_MS);
      });

      test('a key on a lease says so', async () => {
        const { id } = await grant();
        await put('lease/named', 'x', id);
        expect((await get('lease/named'))?.lease).toBe(id);
        await bench.coordination.revoke(id, DEADLINE_MS);
      });

      test('a lease ends after its TTL, at most half a second later, and never early', async () => {
        const sentMs = bench.nowMs();
        const { id, ttlMs } = await grant();
        const grantedMs = bench.nowMs();
        await put('lease/ends', 'x', id);
        const gone = await untilGone('lease/ends');
        expect(gone.answeredMs - sentMs).toBeGreaterThanOrEqual(ttlMs);
        expect(gone.askedMs - grantedMs).toBeLessThanOrEqual(ttlMs + LATE_MS + POLL_MS + bench.slackMs);
      });

      test('a keep-alive answers the TTL and starts it anew', async () => {
        const { id, ttlMs } = await grant();
        await put('lease/kept', 'x', id);
        await bench.sleep(ttlMs * 0.7);
        const sentMs = bench.nowMs();
        expect(await bench.coordination.keepAlive(id, DEADLINE_MS)).toBe(ttlMs);
        const keptMs = bench.nowMs();
        const gone = await untilGone('lease/kept');
        expect(gone.answeredMs - sentMs).toBeGreaterThanOrEqual(ttlMs);
        expect(gone.askedMs - keptMs).toBeLessThanOrEqual(ttlMs + LATE_MS + POLL_MS + bench.slackMs);
      });

      test('a lease that is gone answers 0, and is not revived', async () => {
        const { id } = await grant();
        await put('lease/gone', 'x', id);
        await bench.coordination.revoke(id, DEADLINE_MS);
        expect(await bench.coordination.keepAlive(id, DEADLINE_MS)).toBe(0);
        expect(await get('lease/gone')).toBeUndefined();
        expect(await bench.coordination.keepAlive('123456789', DEADLINE_MS)).toBe(0);
      });

      test('a revoke deletes the keys of its lease and no others, and may be repeated', async () => {
        const [mine, other] = [await grant(), await grant()];
        await put('lease/revoked/1', 'x', mine.id);
        await put('lease/revoked/2', 'x', mine.id);
        await put('lease/revoked/3', 'x', other.id);
        await put('lease/revoked/4', 'x', mine.id);
        await put('lease/revoked/4', 'no lease any more');
        await bench.coordination.revoke(mine.id, DEADLINE_MS);
        const left = await bench.coordination.range('lease/revoked/', DEADLINE_MS);
        expect(left.map(({ key }) => key)).toEqual(['lease/revoked/3', 'lease/revoked/4']);
        await bench.coordination.revoke(mine.id, DEADLINE_MS);
        await bench.coordination.revoke(other.id, DEADLINE_MS);
      });

      test('a key cannot be put on a lease that is gone: the transaction is refused, nothing of it happens', async () => {
        const { id } = await grant();
        await bench.coordination.revoke(id, DEADLINE_MS);
        const refused = bench.coordination.txn(
          [],
          [
            { put: 'lease/late/1', value: 'x' },
            { put: 'lease/late/2', value: 'x', lease: id },
          ],
          [],
          DEADLINE_MS,
        );
        await expect(refused).rejects.toMatchObject({ name: 'CoordinationRefused' });
        expect(await bench.coordination.range('lease/late/', DEADLINE_MS)).toEqual([]);
      });
    });

    describe('owner keys', () => {
      /** What was told of a worker ID, when that many changes were, and some time after. */
      const toldOf = async (worker: number, changes: number): Promise<readonly Partial<OwnerEvent>[]> => {
        const told = (): readonly OwnerEvent[] => bench.owners.filter(({ workerId }) => workerId === worker);
        for (const end = bench.nowMs() + DEADLINE_MS; told().length < changes && bench.nowMs() < end;)
          await bench.sleep(POLL_MS);
        await bench.sleep(POLL_MS);
        return told().map(({ at: _at, ...event }) => event);
      };

      test('a put on a key that is there is no change of its owner; its end is told with its last lease', async () => {
        const { coordination } = bench;
        const [first, second] = [
          await coordination.grant(20_000, DEADLINE_MS),
          await coordination.grant(20_000, DEADLINE_MS),
        ];
        const { revision: createRevision } = await put('o/901', 'a', first.id);
        await put('o/901', 'b', second.id);
        await coordination.revoke(first.id, DEADLINE_MS);
        const { revision } = await put('o/mark', 'x');
        await coordination.revoke(second.id, DEADLINE_MS);
        const released = String(BigInt(revision) + 1n);
        const owner = { workerId: 901, createRevision };
        expect(await toldOf(901, 2)).toEqual([
          { ...owner, what: 'acquired', value: 'a', lease: first.id, revision: createRevision },
          { ...owner, what: 'released', lease: second.id, revision: released },
        ]);
      });

      test('a key without a lease is told of without one', async () => {
        const { revision: createRevision } = await put('o/902', 'a');
        const { revision } = await bench.coordination.txn([], [{ delete: 'o/902' }], [], DEADLINE_MS);
        const owner = { workerId: 902, createRevision };
        expect(await toldOf(902, 2)).toEqual([
          { ...owner, what: 'acquired', value: 'a', revision: createRevision },
          { ...owner, what: 'released', revision },
        ]);
      });

      test('a key cannot be deleted and put in one transaction', async () => {
        const { revision: createRevision } = await put('o/903', 'a');
        const both = [{ delete: 'o/903' }, { put: 'o/903', value: 'b' }];
        for (const [onSuccess, onFailure] of [
          [both, []],
          [[], both.toReversed()],
        ] as const)
          await expect(bench.coordination.txn([], onSuccess, onFailure, DEADLINE_MS)).rejects.toMatchObject({
            name: 'CoordinationRefused',
          });
        expect(await toldOf(903, 1)).toMatchObject([{ what: 'acquired', createRevision }]);
      });

      test('what is not spelled as a worker ID is no owner key', async () => {
        for (const key of ['o/0904', 'o/904x', 'o/']) await put(key, 'a');
        await put('o/904', 'a');
        expect(await toldOf(904, 1)).toMatchObject([{ what: 'acquired' }]);
        expect(bench.owners.every(({ workerId }) => Number.isInteger(workerId))).toBe(true);
      });
    });

    describe('silence', () => {
      test('every call ends at its deadline with CoordinationTimeout, and works again afterwards', async () => {
        const { id } = await grant();
        const calls: readonly (() => Promise<unknown>)[] = [
          () => bench.coordination.range('x', 300),
          () => bench.coordination.txn([], [{ put: 'silence', value: 'x' }], [], 300),
          () => bench.coordination.grant(TTL_MS, 300),
          () => bench.coordination.keepAlive(id, 300),
          () => bench.coordination.revoke(id, 300),
        ];
        await bench.silence();
        try {
          for (const call of calls) {
            const startMs = bench.nowMs();
            await expect(call()).rejects.toMatchObject({ name: 'CoordinationTimeout' });
            const tookMs = bench.nowMs() - startMs;
            expect(tookMs).toBeGreaterThanOrEqual(299);
            expect(tookMs).toBeLessThanOrEqual(300 + bench.slackMs);
          }
        } finally {
          await bench.restore();
        }
        await put('silence/over', 'x');
        expect((await get('silence/over'))?.value).toBe('x');
      });
    });
  });
}
