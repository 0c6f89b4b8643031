import { expect, test } from 'vitest';
import type { Operation, TxnResult } from '../core/generator.ts';
import { CoordinationRefused, CoordinationTimeout } from './coordination-errors.ts';
import { tellingDeletions } from './key-deletions.ts';

const onSuccess: readonly Operation[] = [{ delete: 'o/1' }, { get: 'o/2' }];
const onFailure: readonly Operation[] = [{ delete: 'o/3' }];

/** What is told of keys, in order, when the transaction ends in this way. */
async function told(send: () => Promise<TxnResult>): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = {
    deleting: (key: string) => void lines.push(`deleting ${key}`),
    notDeleted: (key: string) => void lines.push(`not deleted ${key}`),
  };
  const sent = (): Promise<TxnResult> => {
    lines.push('sent');
    return send();
  };
  await tellingDeletions(onSuccess, onFailure, log, sent).catch(() => lines.push('failed'));
  return lines;
}

const answer = (succeeded: boolean) => () => Promise.resolve({ succeeded } as TxnResult);
const failure = (reason: Error) => (): Promise<TxnResult> => Promise.reject(reason);
const BEFORE = ['deleting o/1', 'deleting o/3', 'sent'];

test.each([
  ['succeeded', answer(true), ['not deleted o/3']],
  ['did not', answer(false), ['not deleted o/1']],
  ['was refused', failure(new CoordinationRefused('no')), ['not deleted o/1', 'not deleted o/3', 'failed']],
  ['got no answer', failure(new CoordinationTimeout('late')), ['failed']],
])(
  'of a transaction that %s, keys are told before it is sent, and those that it certainly left after',
  async (_, send, after) => {
    expect(await told(send)).toEqual([...BEFORE, ...after]);
  },
);
