import { expect, test } from 'vitest';
import { HELD_TWO } from '../../core/held.ts';
import { BATCH_FLAG } from '../../core/tap.ts';
import { ask, minterOf, startCluster } from './cluster-for-tests.ts';

test('calls of two lanes meet where one waits; each lane has its own numbers, and a third call waits for a lane', async () => {
  const events: string[] = [];
  const cluster = await startCluster((env) => {
    const lane = (name: string, waitMs: number) =>
      minterOf(async (into) => {
        events.push(`${name} begins`);
        await env.sleep(waitMs);
        events.push(`${name} ends`);
        into[0] = 7n;
        return 1;
      });
    return { ...lane('first', 20), moreLanes: [lane('second', 5)] };
  });
  const replies = await Promise.all([1, 2, 3].map(() => ask(cluster, 'n1')));
  expect(events.map((event) => event.split(' ')[0])).toEqual([
    'first',
    'second',
    'second',
    'second',
    'second',
    'first',
  ]);
  expect(replies).toMatchObject([
    { status: 'ok', lane: 0, firstSeq: 0 },
    { status: 'ok', lane: 1, firstSeq: 0 },
    { status: 'ok', lane: 1, firstSeq: 1 },
  ]);
  expect([...cluster.history().batches.lane]).toEqual([1, 1, 0]);
  expect((await cluster.nodes[0]?.health(100))?.minted).toEqual(['1', '2']);
  await cluster[Symbol.asyncDispose]();
});

test('a call that waited for a worker ID is recorded with the one that it found', async () => {
  const cluster = await startCluster((env) => {
    let workerId: number | undefined;
    const mint = async (into: BigUint64Array): Promise<number> => {
      await env.sleep(50);
      workerId = (workerId ?? 4) + 1;
      into[0] = BigInt(workerId);
      return 1;
    };
    return { ...minterOf(mint), holding: () => (workerId === undefined ? undefined : { workerId }) };
  });
  await ask(cluster, 'n1');
  await ask(cluster, 'n1');
  const { ids, batches } = cluster.history();
  expect([...ids]).toEqual([5n, 6n]);
  // The first found 5; the second was called under 5 and found 6.
  expect([...batches.workerId]).toEqual([5, HELD_TWO]);
  await cluster[Symbol.asyncDispose]();
});

test('what a call got beyond what was asked for is recorded behind it, and answered to nobody', async () => {
  const cluster = await startCluster(() => ({
    ...minterOf((into) => {
      into[0] = 7n;
      return 1;
    }),
    extras: () => BigUint64Array.of(8n, 9n),
  }));
  expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok', firstSeq: 0, count: 1 });
  expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok', firstSeq: 3, count: 1 });
  const { batches, ids } = cluster.history();
  expect([...batches.count]).toEqual([3, 3]);
  expect([...ids]).toEqual([7n, 8n, 9n, 7n, 8n, 9n]);
  await cluster[Symbol.asyncDispose]();
});

test('a call that transfers its array away is in error, the next one has an array again', async () => {
  let gives = true;
  const cluster = await startCluster(() =>
    minterOf((into) => {
      into[0] = 7n;
      if (gives) structuredClone(into.buffer, { transfer: [into.buffer as ArrayBuffer] });
      return 1;
    }),
  );
  expect(await ask(cluster, 'n1')).toEqual({
    status: 'error',
    reason: 'mint gave away the array that it was to fill',
  });
  gives = false;
  expect(await ask(cluster, 'n1')).toMatchObject({ status: 'ok', count: 1 });
  const { batches, ids } = cluster.history();
  expect([...batches.flags]).toEqual([BATCH_FLAG.badCount, 0]);
  expect([...batches.count]).toEqual([0, 1]);
  expect([...ids]).toEqual([7n]);
  await cluster[Symbol.asyncDispose]();
});

test('a call that throws what has no words is in error', async () => {
  const cluster = await startCluster(() =>
    minterOf(() => {
      // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- the very thing under test
      throw Object.create(null);
    }),
  );
  expect(await ask(cluster, 'n1')).toMatchObject({ status: 'error', reason: expect.stringContaining('thrown value') });
  await cluster[Symbol.asyncDispose]();
});
