import { expect, test } from 'vitest';
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
