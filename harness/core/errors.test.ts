import { expect, test } from 'vitest';
import { badInput, messageOf } from './errors.ts';

test.each<[unknown, string]>([
  [new Error('first'), 'first'],
  ['thrown as it is', 'thrown as it is'],
  [badInput('Wrong.', 'Mend it.', 'nodes'), 'nodes: Wrong. Mend it.'],
  [undefined, 'undefined'],
  [Object.assign(new Error(), { message: 7 }), '7'],
])('the message of %s', (error, message) => {
  expect(messageOf(error)).toBe(message);
});

const throwing = (): never => {
  throw new Error('hidden');
};

test.each<[string, unknown]>([
  ['whose toString throws', { toString: throwing }],
  ['without a prototype', Object.create(null)],
  ['whose message throws', Object.defineProperty(new Error(), 'message', { get: throwing })],
])('a thrown value %s has a message all the same', (_what, thrown) => {
  expect(messageOf(thrown)).toBe('a thrown value that cannot be made into text');
});

test('what fails while a failure is cleaned up hides neither', async () => {
  const failed = async (): Promise<void> => {
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Promise.reject(new Error('the cluster stayed')));
    throw new Error('the run failed');
  };
  const error: unknown = await failed().catch((caught: unknown) => caught);
  expect(messageOf(error)).toBe('the run failed; then the cluster stayed');
});
