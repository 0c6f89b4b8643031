import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IN_NUMBERS, receivedBytes, receivedIds, receivedJson, throughNumber } from './received-ids.ts';

const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const many = fc.array(id, { minLength: 2, maxLength: 20 }).filter(({ length }) => length % 2 === 0);
const perId = fc.constantFrom(1 as const, 2 as const);

const inDecimal = (words: readonly bigint[], per: 1 | 2): string[] =>
  per === 1
    ? words.map(String)
    : words.flatMap((word, i) => (i % 2 === 0 ? [String((words[i + 1]! << 64n) | word)] : []));

test('the digest is the first 8 bytes of the MD5 of the IDs, both little-endian', () => {
  const bytes = Buffer.from('0100000000000000ffffffffffffff7f', 'hex');
  const digest = createHash('md5').update(bytes).digest().readBigUInt64LE();
  expect(receivedIds(BigUint64Array.of(1n, 2n ** 63n - 1n), 1)).toEqual({ first: 1n, last: 2n ** 63n - 1n, digest });
});

test('whatever the form in which they travel, the same IDs are received alike', () => {
  fc.assert(
    fc.property(many, perId, (words, per) => {
      const array = BigUint64Array.from(words);
      const received = receivedIds(array, per);
      expect(receivedBytes(Buffer.from(array.buffer), per)).toEqual(received);
      expect(receivedJson(inDecimal(words, per), per)).toEqual(received);
    }),
  );
});

test('a number in JSON is read as JavaScript reads it: what it cannot hold is lost, and shows', () => {
  fc.assert(
    fc.property(fc.array(id, { minLength: 1, maxLength: 20 }), (ids) => {
      const numbers = JSON.parse(`[${ids.join()}]`) as number[];
      const rounded = BigUint64Array.from(ids.map((one) => BigInt(Number(one))).map((one) => BigInt.asUintN(64, one)));
      // Rounded up, the greatest of all are no 64 bits any more.
      fc.pre(numbers.every((one) => one < 2 ** 64));
      const digest = numbers.every(Number.isSafeInteger) ? {} : { digest: IN_NUMBERS };
      expect(receivedJson(numbers, 1)).toEqual({ ...receivedIds(rounded, 1), ...digest });
      expect(receivedJson(numbers, 1).first).toBe(throughNumber(ids[0]!));
    }),
  );
});

test('an answer with a number above 2^53 - 1 is never what was minted, although it reads the same', () => {
  expect(receivedJson([1, 2 ** 53 - 1], 1)).toEqual(receivedIds(BigUint64Array.of(1n, 2n ** 53n - 1n), 1));
  for (const ids of [[2 ** 53], [1, 2 ** 60, 3]])
    expect(receivedJson(ids, 1)).toMatchObject({
      first: BigInt(ids[0]!),
      last: BigInt(ids.at(-1)!),
      digest: IN_NUMBERS,
    });
});

test.each([
  ['12', '-1'],
  ['12', 'x'],
  ['12', 1.5],
  ['12', null],
  ['12', String(2n ** 64n)],
])('%s and %s are not the IDs of anybody', (...ids) => {
  const { digest, ...ends } = receivedJson(ids, 1);
  expect(ends).toEqual({ first: 0n, last: 0n });
  expect(digest).not.toBe(0n);
});
