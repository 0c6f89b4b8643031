/** The recorder as drivers start it, beside a service of Node that is a process of its own. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { HttpAsk, ServiceNode } from '../../harness/core/node-program.ts';
import { BATCH_FLAG } from '../../harness/core/tap.ts';
import { type Answer, ID_SERVICE, isTapped, LAYOUT, RecordedNode } from './recorded-node-for-tests.ts';

const service = (ask: Partial<HttpAsk> = {}, node: Partial<ServiceNode> = {}): ServiceNode => ({
  kind: 'service',
  command: ID_SERVICE,
  ask: { over: 'http', health: '/health', path: '/id', ...ask },
  ...node,
});

/** The service of a node, among the processes of this machine. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('IDs of a service reach the client and the tap, each under the worker ID that it was handed', async () => {
  await using node = await RecordedNode.serving(service({}, { lanes: 4 }), LAYOUT, {
    SNOWGLOBE_OPTIONS: '{"workerId":37}',
  });
  const answers = await Promise.all(Array.from({ length: 40 }, () => node.ids(1)));
  expect(answers.every(({ status, ids }) => status === 200 && ids.length === 1)).toBe(true);
  expect(new Set(answers.flatMap(({ ids }) => ids)).size).toBe(40);
  expect(isTapped(node, answers)).toBe(true);
  const { ids, records } = node.tap();
  expect(ids.map((lane) => lane.length > 0)).toEqual([true, true, true, true]);
  expect(new Set(records.map(({ workerId }) => workerId))).toEqual(new Set([37]));
  expect(ids.flat().every((id) => ((id >> 12n) & 1023n) === 37n)).toBe(true);
  expect(JSON.parse((await node.get('/health')).body)).toMatchObject({ status: 'minting', workerId: 37 });
});

test('a service that always gives a hundred loses none: the client has a part, the tap has all', async () => {
  await using node = await RecordedNode.serving(service({ path: '/hundred' }, { lanes: 1 }));
  const answers = [await node.ids(10), await node.ids(100), await node.ids(200)];
  expect(answers.map(({ place }) => place)).toEqual([
    [1, 0, 0, 10],
    [1, 0, 100, 100],
    [1, 0, 200, 100],
  ]);
  expect(isTapped(node, answers)).toBe(true);
  const [all] = node.tap().ids as [bigint[]];
  expect([all.length, new Set(all).size]).toEqual([300, 300]);
});

test('an ID that comes as a number of JSON is recorded whole, and its clients get what JavaScript makes of it', async () => {
  await using node = await RecordedNode.serving(service({ path: '/number' }, { lanes: 1 }));
  const { body } = await node.ids(1, true);
  const raw = await node.ids(1);
  const [first, second] = node.tap().ids[0] as [bigint, bigint];
  expect(body).toBe(`{"ids":[${Number(first)}]}`);
  expect(raw.ids).toEqual([BigInt(Number(second))]);
});

test('what a client did not wait for is in the tap', async () => {
  await using node = await RecordedNode.serving(service({ path: '/slow' }, { lanes: 1 }));
  const gone = node.get('/ids?count=1', {}, AbortSignal.timeout(100));
  await expect(gone).rejects.toThrow();
  expect(node.tap().records).toEqual([]);
  await expect.poll(() => node.tap().records.length, { timeout: 3000 }).toBe(1);
});

test('killed under load, it has answered nothing that is not in the tap, and its service is gone with it', async () => {
  await using node = await RecordedNode.serving(service({ path: '/ids?count={count}' }, { lanes: 4 }));
  const [service_] = childrenOf(node.pid) as [number];
  const answers: Answer[] = [];
  const hammer = async (): Promise<void> => {
    for (;;) answers.push(await node.ids(50));
  };
  const hammers = Array.from({ length: 8 }, () => hammer().catch(() => 'cut off'));
  await expect.poll(() => answers.length, { timeout: 10_000 }).toBeGreaterThan(200);
  await node.end('SIGKILL');
  await Promise.all(hammers);
  const minted = answers.filter(({ status }) => status === 200);
  expect(minted.length).toBeGreaterThan(200);
  expect(isTapped(node, minted)).toBe(true);
  await expect.poll(() => isAlive(service_), { timeout: 2000 }).toBe(false);
});

test('asked to end, it asks its service, and ends in order', async () => {
  await using node = await RecordedNode.serving(service());
  expect(await node.end('SIGTERM')).toBe(0);
  expect(node.stderr).toContain('n1.1: service: serving at 127.0.0.1:');
  expect(node.stderr).toContain('n1.1: service: told to end');
});

test('a signal to all of its processes at once is an end that was asked for', async () => {
  await using node = await RecordedNode.serving(service());
  for (const pid of [...childrenOf(node.pid), node.pid]) process.kill(pid, 'SIGTERM');
  expect(await node.ended()).toBe(0);
});

test('a service that ends by itself takes its node with it, and says why', async () => {
  await using node = await RecordedNode.serving(service({ path: '/end' }));
  expect(await node.ids(1)).toMatchObject({
    status: 500,
    body: '{"error":"the service closed the connection without an answer"}',
  });
  expect(await node.ended()).toBe(1);
  expect(node.stderr.trim().split('\n').at(-1)).toMatch(
    /^snowglobe node: the service ended by itself: exit 3; its last words: serving at .* \| out of paper$/,
  );
});

test('it is told nothing of snowglobe but what others find it by', async () => {
  await using node = await RecordedNode.serving(
    service({ path: '/environment', form: 'text' }, { environment: { WORKER: '{worker}' } }),
    { ...LAYOUT, idBits: 128 },
  );
  const { body } = await node.ids(1);
  const names = ['PATH', 'HOME', 'SNOWGLOBE_WORKLOAD', 'WORKER'];
  for (const name of names) expect(body).toContain(name);
  expect(body).not.toMatch(/SNOWGLOBE_(?!WORKLOAD)/);
});

test.each<[string, Partial<ServiceNode>, RegExp]>([
  [
    'never becomes healthy',
    service({ health: '/ready' }, { startsWithinMs: 700 }),
    /did not serve within 0\.7 s: GET http:\/\/127\.0\.0\.1:\d+\/ready was answered HTTP 404 \("no such page"\); its last words: serving at/,
  ],
  [
    'ends before it serves',
    service({}, { command: ['/bin/sh', '-c', 'echo no database >&2; exit 4'] }),
    /ended before it served: exit 4; its last words: no database$/,
  ],
])('a service that %s ends its node as bad input, with one line', async (_, described, said) => {
  await using node = new RecordedNode(described as ServiceNode);
  expect(await node.ended()).toBe(2);
  const last = node.stderr.trim().split('\n').at(-1) as string;
  expect(last).toMatch(/^snowglobe node: the generator is at fault: the service /);
  expect(last).toMatch(said);
});

test('while its service stands still, calls fail; nothing that it minted later is mistaken for another answer', async () => {
  await using node = await RecordedNode.serving(service({ timeoutMs: 200 }, { lanes: 1 }));
  const [pid] = childrenOf(node.pid) as [number];
  process.kill(pid, 'SIGSTOP');
  expect(await node.ids(1)).toMatchObject({
    status: 500,
    body: '{"error":"the service did not answer in time (200 ms)"}',
  });
  process.kill(pid, 'SIGCONT');
  await sleep(50);
  const after = [await node.ids(1), await node.ids(1)];
  expect(after.every(({ status }) => status === 200)).toBe(true);
  expect(isTapped(node, after)).toBe(true);
  expect(node.tap().records.filter(({ flags }) => (flags & BATCH_FLAG.threw) !== 0)).toEqual([]);
});

test('what a service answered while the recorder stood still is recorded, although its time was over', async () => {
  await using node = await RecordedNode.serving(service({ path: '/slow', timeoutMs: 500 }, { lanes: 1 }));
  const answer = node.ids(1);
  await sleep(100);
  process.kill(node.pid, 'SIGSTOP');
  await sleep(900);
  process.kill(node.pid, 'SIGCONT');
  expect(await answer).toMatchObject({ status: 200 });
  expect(node.tap().ids[0]).toHaveLength(1);
});
