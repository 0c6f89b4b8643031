import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idReader } from '../../harness/core/id-words.ts';
import type { IdForm } from '../../harness/core/node-program.ts';
import { Caller } from './caller.ts';
import type { Minted } from './lane-protocol.ts';
import type { NextId } from './load-function.ts';

interface Asked {
  readonly form?: IdForm;
  readonly idBits?: 64 | 128;
}

/** What comes of a batch of as many calls as there are values. */
async function batch(
  values: readonly unknown[],
  { form = 'decimal', idBits = 64 }: Asked = {},
): Promise<Minted & { readonly ids: readonly bigint[] }> {
  let at = 0;
  return mint(() => values[at++], values.length, { form, idBits });
}

async function mint(next: NextId, count: number, { form = 'decimal', idBits = 64 }: Asked = {}) {
  // As a lane leaves it: with what was minted before.
  const ids = new BigUint64Array((count * idBits) / 64).fill(2n ** 64n - 1n);
  const told = await new Caller(next, form, idBits).mint(ids, count);
  const layout = { idBits, timeBits: 0, workerBits: 0, sequenceBits: 0, tickMs: 1, epochMs: 0 };
  const reader = idReader({ ids, layout });
  return { ...told, ids: Array.from({ length: told.minted }, (_, k) => reader.at(k)) };
}

const bytesOf = (id: bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => Number((id >> BigInt(8 * (length - 1 - at))) & 255n));

test('the same ID is the same bits, whatever it comes as', async () => {
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), async (id) => {
      const buffer = Buffer.from(bytesOf(id, 8));
      const forms = [id, String(id), bytesOf(id, 8), buffer, BigInt.asIntN(64, id), String(BigInt.asIntN(64, id))];
      expect((await batch(forms)).ids).toEqual(forms.map(() => id));
      expect((await batch([id.toString(16)], { form: 'hex' })).ids).toEqual([id]);
    }),
  );
  // An ObjectId has 12 bytes.
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }), async (id) => {
      const forms = [2n ** 128n - 1n, bytesOf(id, 12)];
      expect((await batch(forms, { idBits: 128 })).ids).toEqual([2n ** 128n - 1n, id]);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), async (id) => {
      expect((await batch([id, bytesOf(id, 16), String(id)], { idBits: 128 })).ids).toEqual([id, id, id]);
    }),
  );
});

test('whole numbers are IDs, and so are the sentinels 0 and -1: checkers judge those', async () => {
  const { ids, inNumbers } = await batch([7, 0, -1, -0, Number.MAX_SAFE_INTEGER]);
  expect(ids).toEqual([7n, 0n, 2n ** 64n - 1n, 0n, 2n ** 53n - 1n]);
  expect(inNumbers).toBeUndefined();
});

test('a number above 2^53 - 1 is kept as the number that it is, and told of', async () => {
  expect(await batch([1, 2 ** 53])).toEqual({ minted: 2, ids: [1n, 2n ** 53n], inNumbers: true });
  const caller = new Caller(() => 2 ** 60, 'decimal', 64);
  expect(caller.mint(new BigUint64Array(1), 1)).toEqual({ minted: 1, inNumbers: true });
  let next: unknown = 2 ** 60;
  const twice = new Caller(() => next, 'decimal', 64);
  void twice.mint(new BigUint64Array(1), 1);
  next = 5n;
  expect(twice.mint(new BigUint64Array(1), 1), 'the batch after it is without').toEqual({ minted: 1 });
});

test.each([
  ['undefined', undefined, 'undefined, and no ID'],
  ['null', null, 'null, and no ID'],
  ['an object', { id: 7n }, 'an object, and no ID'],
  ['a list', [7n], 'an array, and no ID'],
  ['a boolean', true, 'the boolean true, and no ID'],
  ['NaN', Number.NaN, 'the number NaN, which is no ID'],
  ['Infinity', Number.POSITIVE_INFINITY, 'the number Infinity, which is no ID'],
  ['a fraction', 1.5, 'the number 1.5, which is no ID'],
  ['a negative number', -2, 'the number -2, which is no ID'],
  ['a number that is too long', 2 ** 64, 'the number 18446744073709552000, which does not fit into 64 bits'],
  ['a bigint that is too long', 2n ** 64n, 'the bigint 18446744073709551616, which does not fit into 64 bits'],
  ['an empty text', '', 'the text "", which is empty'],
  [
    'text of another form',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'the text "01ARZ3NDEKTSV4RRFFQ69G5FAV", which is no decimal number, and looks like form ulid',
  ],
  [
    'more bytes than it has',
    new Uint8Array(12),
    '12 bytes, and an ID of its layout has 8; of form text, a digest of any number is kept',
  ],
])('%s is an error of the call', async (_, given, why) => {
  expect(await batch([given])).toEqual({ minted: 0, error: `its function returned ${why}`, ids: [] });
});

test('of form text a digest is kept, of a text or of any bytes but none', async () => {
  const md5 = (data: string | Uint8Array): bigint => BigInt(`0x${createHash('md5').update(data).digest('hex')}`);
  const given = ['V1StGXR8_Z5jdHi6B-myT', bytesOf(5n, 20), bytesOf(5n, 12)];
  const { ids } = await batch(given, { form: 'text', idBits: 128 });
  expect(ids).toEqual(given.map(md5));
  expect((await batch([new Uint8Array(0)], { form: 'text', idBits: 128 })).error).toMatch(
    /returned no bytes, and no ID/,
  );
});

test('a complaint of one kind has the same words each time, or counting by words would never end', async () => {
  const caller = new Caller(() => `x${Math.random()}`, 'decimal', 64);
  const told = new Set(Array.from({ length: 10 }, () => (caller.mint(new BigUint64Array(1), 1) as Minted).error));
  expect(told.size).toBe(1);
});

test('promises are waited for one after the other', async () => {
  let open = 0;
  let most = 0;
  let id = 0n;
  const next = async (): Promise<bigint> => {
    most = Math.max(most, ++open);
    await new Promise(setImmediate);
    open--;
    return ++id;
  };
  expect(await mint(next, 5)).toEqual({ minted: 5, ids: [1n, 2n, 3n, 4n, 5n] });
  expect(most).toBe(1);
});

test('a batch in which a call fails has the IDs before it, and says why there are no more', async () => {
  const failing = (how: () => unknown): NextId => {
    let id = 0n;
    return () => (id === 3n ? how() : ++id);
  };
  const refuse = (): never => {
    throw new Error('clock went back');
  };
  const expected = { minted: 3, ids: [1n, 2n, 3n], error: 'its function threw: clock went back' };
  expect(await mint(failing(refuse), 10)).toEqual(expected);
  let id = 0n;
  const rejecting = async (): Promise<bigint> => (id === 3n ? refuse() : ++id);
  expect(await mint(rejecting, 10)).toEqual(expected);
  expect(
    await mint(
      failing(() => undefined),
      10,
    ),
  ).toMatchObject({ minted: 3, error: 'its function returned undefined, and no ID' });
  const misused = await mint(() => (undefined as unknown as { id: bigint }).id, 1);
  expect(misused.error).toBe("its function threw a TypeError (Cannot read properties of undefined (reading 'id'))");
});
