import { expect, test } from 'vitest';
import type { Operation, TxnResult } from '../core/generator.ts';
import { CoordinationRefused, CoordinationTimeout } from './coordination-errors.ts';
import { tellingDeletions, tellingRevoke } from './told-ends.ts';

const onSuccess: readonly Operation[] = [{ delete: 'o/1' }, { get: 'o/2' }];
const onFailure: readonly Operation[] = [{ delete: 'o/3' }];

/** What is told of keys, in order, when the transaction ends in this way. */
async function told(send: () => Promise<TxnResult>): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = {
    deleting: (key: string) => void lines.push(`deleting ${key}`),
    deleted: (key: string, revision: string) => void lines.push(`deleted ${key} at ${revision}`),
    notDeleted: (key: string) => void lines.push(`not deleted ${key}`),
  };
  const sent = (): Promise<TxnResult> => {
    lines.push('sent');
    return send();
  };
  await tellingDeletions(onSuccess, onFailure, log, sent).catch(() => lines.push('failed'));
  return lines;
}

const answer =
  (succeeded: boolean, ...deleted: readonly string[]) =>
  (): Promise<TxnResult> =>
    Promise.resolve({ succeeded, revision: '7', got: [], deleted });
const failure = (reason: Error) => (): Promise<never> => Promise.reject(reason);
const BEFORE = ['deleting o/1', 'deleting o/3', 'sent'];

test.each([
  ['succeeded', answer(true, 'o/1'), ['deleted o/1 at 7', 'not deleted o/3']],
  ['did not', answer(false, 'o/3'), ['not deleted o/1', 'deleted o/3 at 7']],
  ['found nothing to delete', answer(true), ['not deleted o/1', 'not deleted o/3']],
  ['was refused', failure(new CoordinationRefused('no')), ['not deleted o/1', 'not deleted o/3', 'failed']],
  ['got no answer', failure(new CoordinationTimeout('late')), ['failed']],
])(
  'of a transaction that %s, keys are told before it is sent, and those that it certainly left after',
  async (_, send, after) => {
    expect(await told(send)).toEqual([...BEFORE, ...after]);
  },
);

test.each([
  ['was answered', () => Promise.resolve(), ['revoked']],
  ['was refused', failure(new CoordinationRefused('no')), ['not given up', 'failed']],
  ['got no answer', failure(new CoordinationTimeout('late')), ['failed']],
])('of a revoke that %s, the lease is told before it is sent, and what came of it after', async (_, send, after) => {
  const lines: string[] = [];
  const log = {
    givenUp: () => void lines.push('given up'),
    revoked: () => void lines.push('revoked'),
    notGivenUp: () => void lines.push('not given up'),
  };
  const sent = (): Promise<void> => {
    lines.push('sent');
    return send();
  };
  await tellingRevoke(log, sent).catch(() => lines.push('failed'));
  expect(lines).toEqual(['given up', 'sent', ...after]);
});
