import { expect, test } from 'vitest';
import type { Coordination } from '../core/generator.ts';
import { CoordinationRefused } from './coordination-errors.ts';
import { refusingOddLeases } from './lease-spelling.ts';

/** Answers everything, and keeps what it was asked. */
function recorder() {
  const asked: unknown[][] = [];
  const ask =
    <T>(name: string, answer: T) =>
    (...args: unknown[]): Promise<T> => {
      asked.push([name, ...args]);
      return Promise.resolve(answer);
    };
  const inner: Coordination = {
    range: ask('range', []),
    txn: ask('txn', { succeeded: true, revision: '2', got: [], deleted: [] }),
    grant: ask('grant', { id: '7', ttlMs: 1000 }),
    keepAlive: ask('keepAlive', 1000),
    revoke: ask('revoke', undefined),
  };
  return { asked, coordination: refusingOddLeases(inner) };
}

test('what is spelled as it was granted goes through as it is', async () => {
  const { asked, coordination } = recorder();
  await coordination.range('o/', 1);
  await coordination.grant(1000, 2);
  await coordination.keepAlive('7', 3);
  await coordination.revoke('7', 4);
  const put = { put: 'o/1', value: 'v', lease: '7' };
  await coordination.txn([], [put], [{ get: 'o/1' }, { put: 'k', value: 'v' }], 5);
  expect(asked).toEqual([
    ['range', 'o/', 1],
    ['grant', 1000, 2],
    ['keepAlive', '7', 3],
    ['revoke', '7', 4],
    ['txn', [], [put], [{ get: 'o/1' }, { put: 'k', value: 'v' }], 5],
  ]);
});

test.each([' 7', '007', 7 as unknown as string])('%j is refused, and never sent', async (lease) => {
  const { asked, coordination } = recorder();
  const put = { put: 'o/1', value: 'v', lease };
  for (const call of [
    () => coordination.keepAlive(lease, 1),
    () => coordination.revoke(lease, 1),
    () => coordination.txn([], [put], [], 1),
    () => coordination.txn([], [], [put], 1),
  ])
    await expect(call()).rejects.toThrow(CoordinationRefused);
  expect(asked).toEqual([]);
});
