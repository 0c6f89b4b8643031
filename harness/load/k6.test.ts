/**
 * What a k6 that breaks down makes of a run: a shell script in its place, since the real one does not break at will. The
 * real one is in load-clients.real.test.ts.
 */
import { expect, test } from 'vitest';
import { SnowglobeError } from '../core/errors.ts';
import { createRng } from '../core/random.ts';
import type { Load } from '../core/scenario.ts';
import { RealTime } from '../drivers/agent/real-time.ts';
import type { LoadHandle, LoadSecond } from './contract.ts';
import { startK6 } from './k6.ts';

const LOAD: Load = {
  idsPerSecond: 100,
  batch: { min: 1, max: 1, mean: 1 },
  simulated: { batchesPerSecond: 1, batch: { min: 1, max: 1, mean: 1 } },
  timeoutMs: 100,
};
const time = new RealTime(process.hrtime.bigint());

/** Begins, says this, and when it is asked to end says the rest and ends. */
const k6Saying = (says: string, atEnd: string, code = 105): string => `
  trap 'echo "${atEnd}"; exit ${code}' TERM
  echo @begun
  echo "${says}"
  while :; do sleep 0.05; done`;

const line = (number: number, rest = 'o - 1/0/0/1 - - -'): string =>
  `@ 0 ${number} ${(Date.now() + number) * 1000} 1500 ${rest}`;

async function start(script: string, seconds: LoadSecond[] = []): Promise<LoadHandle> {
  return startK6(
    { version: 'k6 under test', where: 'here', command: () => ['sh', '-c', script] },
    {
      time,
      nodes: [{ name: 'n1', http: 'http://127.0.0.1:1', mint: () => undefined }],
      load: LOAD,
      idBits: 64,
      rng: createRng(1),
      plannedMs: 60_000,
      runId: 'testtest',
      onSecond: (entries) => void seconds.push(...entries),
    },
  );
}

async function doubtsOf(script: string): Promise<readonly [reason: string, detail: string][]> {
  const handle = await start(script);
  await time.sleep(300);
  await handle.stop();
  return handle.problems().map(({ reason, detail }) => [reason, detail]);
}

test('one that tells of all that it did leaves no doubt, and all of it is counted', async () => {
  const seconds: LoadSecond[] = [];
  const handle = await start(
    k6Saying([line(0), line(1, 'r waiting - - - -'), line(2, 'n timeout - - - -')].join('\n'), '@end [[3,4]]'),
    seconds,
  );
  await time.sleep(300);
  await handle.stop();
  expect(handle.problems()).toEqual([]);
  expect(handle.client).toEqual({ client: 'k6', version: 'k6 under test' });
  expect(handle.offered()).toEqual([{ node: 'n1', asked: 7, sent: 3, late: 0, crowded: 4, idsAsked: 3 }]);
  const { length, sent, received, status } = handle.requests();
  expect(length).toBe(3);
  expect([...status]).toEqual([0, 1, 3]);
  expect(received[0]! - sent[0]!).toBe(1_500_000);
  // On the run's axis: a moment ago.
  expect(Math.abs(time.now() - sent[0]!)).toBeLessThan(20e9);
  const sum = (of: (second: LoadSecond) => number): number => seconds.reduce((total, second) => total + of(second), 0);
  expect([sum((s) => s.sent), sum((s) => s.ok), sum((s) => s.noAnswer), sum((s) => s.dropped)]).toEqual([3, 1, 1, 4]);
});

test('what it drops when it is asked to end is no silence of a node; what had waited for its whole timeout is', async () => {
  const now = '$(date +%s%6N)';
  const cut = `@ 0 1 ${now} 300 n network:1000 - - - -`;
  const timedOut = `@ 0 2 ${now} 100000 n timeout - - - -`;
  const handle = await start(k6Saying(line(0), `${cut}\n${timedOut}\n@end [[3,0]]`));
  await time.sleep(300);
  await handle.stop();
  expect([...handle.requests().status]).toEqual([0, 3]);
  expect(handle.offered()).toMatchObject([{ sent: 3 }]);
});

test.each([
  [
    'writes half a line',
    k6Saying(`${line(0)}\n@ 0 1 17953`, '@end [[1,0]]'),
    'input malformed, rounded or empty',
    /1 line.*the first: @ 0 1 17953/,
  ],
  ['tells of fewer than it did', k6Saying(line(0), '@end [[5,0]]'), 'load not achieved', /n1: 1 of 5/],
  [
    'tells of one twice',
    k6Saying(`${line(0)}\n${line(0)}`, '@end [[1,0]]'),
    'load not achieved',
    /did not tell of each/,
  ],
  ['does not tell how many it did', k6Saying(line(0), 'goodbye'), 'load not achieved', /1 of nobody knows how many/],
  ['fails at its end', k6Saying(line(0), '@end [[1,0]]', 107), 'load not achieved', /exit code 107/],
  ['ends before it is asked to', 'echo @begun; echo @end [[0,0]]; echo too tired', 'load not achieved', /too tired/],
])('one that %s makes the run unknown', async (_what, script, reason, detail) => {
  const doubts = await doubtsOf(script);
  expect(doubts).toContainEqual([reason, expect.stringMatching(detail)]);
});

test('one that sends less than it was asked for, and says nothing of it, makes the run unknown', async () => {
  const handle = await start(k6Saying(line(0), '@end [[1,0]]'));
  await time.sleep(1600);
  await handle.stop();
  expect(handle.problems()).toMatchObject([
    { reason: 'load not achieved', detail: expect.stringMatching(/requests to n1 .* k6 sent 1 .* without a word/) },
  ]);
});

test('one that stood still, and made up for it in a burst, makes the run unknown', async () => {
  const burst = Array.from(
    { length: 40 },
    (_, k) => `@ 0 ${k} ${(Date.now() + (k < 10 ? 10 * k : 400)) * 1000} 1500 o - 1/0/0/1 - - -`,
  );
  expect(await doubtsOf(k6Saying(burst.join('\n'), '@end [[40,0]]'))).toEqual([
    ['load not achieved', expect.stringMatching(/^\d+ of 40 requests to n1 were begun more than 100 ms late/)],
  ]);
});

test('one that never begins ends the run before it begins, with its last words', async () => {
  const error = await start('echo no such script >&2; exit 3').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SnowglobeError);
  expect((error as SnowglobeError).exitCode).toBe(3);
  expect((error as SnowglobeError).message).toMatch(/k6 did not begin: exit code 3; no such script/);
});
