import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idReaderOf } from '../core/id-form.ts';
import type { IdShape } from './id-words.ts';
import { IdWords, shapeOf, writtenAs } from './id-words.ts';
import { idOf } from './plain-fold-fixture.ts';

function read(text: string, shape: IdShape): bigint | undefined {
  const words = new IdWords(shape);
  // Not at the beginning of its bytes, and not at their end.
  const bytes = Buffer.from(`9${text}9`, 'latin1');
  if (!words.read(bytes, 1, bytes.length - 1)) return undefined;
  const [w0, w1, w2, w3] = [words.w0, words.w1, words.w2, words.w3].map((word) => BigInt(word >>> 0)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return (w3 << 96n) | (w2 << 64n) | (w1 << 32n) | w0;
}

const decimals = fc.oneof(
  fc.bigInt(0n, 2n ** 65n).map(String),
  fc.bigInt(2n ** 64n - 20n, 2n ** 64n + 20n).map(String),
  fc.stringMatching(/^[0-9]{0,22}$/),
  fc.stringMatching(/^[-+. 0-9e]{0,12}$/),
  fc.string({ unit: 'binary-ascii', maxLength: 8 }),
);

test('decimal IDs of 64 bits are those that survive the round trip', () => {
  fc.assert(
    fc.property(decimals, (text) => {
      expect(read(text, { form: 'decimal', idBits: 64 })).toBe(idOf(text, 'decimal'));
    }),
    { numRuns: 2000 },
  );
});

test('signed ones are those of a signed column of 64 bits', () => {
  const signed = fc.oneof(
    fc.bigInt(-(2n ** 64n), 2n ** 64n),
    fc.constantFrom(-(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 63n, 2n ** 63n - 1n, -1n, 0n),
  );
  fc.assert(
    fc.property(signed, (id) => {
      const expected = BigInt.asIntN(64, id) === id ? BigInt.asUintN(64, id) : undefined;
      expect(read(String(id), { form: 'decimal', idBits: 64, signed: true })).toBe(expected);
    }),
  );
});

test.each([
  [
    'uuid',
    fc.oneof(
      fc.uuid(),
      fc.uuid().map((text) => text.replaceAll('-', '').toUpperCase()),
      fc.stringMatching(/^[0-9a-g-]{30,38}$/),
      // Dashes where they belong, and more of them.
      fc.stringMatching(/^[0-9a-f-]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{11}[0-9a-f-]$/),
    ),
  ],
  ['ulid', fc.oneof(fc.ulid(), fc.stringMatching(/^[0-9A-Za-z]{25,27}$/))],
] as const)('%s is read as the reader of answers reads it', (form, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      const one = idReaderOf(form, 128)(text);
      expect(read(text, { form, idBits: 128 })).toBe(typeof one === 'bigint' ? one : undefined);
    }),
  );
});

test.each([64, 128] as const)('hexadecimal digits of %d bits', (idBits) => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** BigInt(idBits) - 1n), fc.boolean(), (id, hasPrefix) => {
      const digits = id.toString(16).padStart(idBits / 4, '0');
      const shape: IdShape = { form: 'hex', idBits, hexDigits: idBits / 4 };
      expect(read(hasPrefix ? `0x${digits}` : digits.toUpperCase(), shape)).toBe(id);
      expect(read(digits.slice(1), shape)).toBeUndefined();
    }),
  );
});

test('the shape of IDs is told by one of them; digits alone are decimal', () => {
  expect(shapeOf('1724551118844858368')).toEqual({ form: 'decimal', idBits: 64 });
  expect(shapeOf('1724551118844858')).toEqual({ form: 'decimal', idBits: 64 });
  expect(shapeOf('00000000deadbeef')).toEqual({ form: 'hex', idBits: 64, hexDigits: 16 });
  expect(shapeOf('507f1f77bcf86cd799439011')).toEqual({ form: 'hex', idBits: 128, hexDigits: 24 });
  expect(shapeOf('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toEqual({ form: 'ulid', idBits: 128 });
  expect(shapeOf('abc')).toBeUndefined();
});

test.each([
  ['0190a0e0-0000-7000-8000-000000000001', { form: 'uuid', idBits: 128 }],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', { form: 'ulid', idBits: 128 }],
  ['00000000deadbeef', { form: 'hex', idBits: 64, hexDigits: 16 }],
  ['-5', { form: 'decimal', idBits: 64, signed: true }],
] as const)('%s is told as it is written', (text, shape) => {
  expect(writtenAs(read(text, shape)!, shape)).toBe(text);
});

test('decimal digits are told as they are', () => {
  expect(writtenAs(2n ** 64n - 1n, { form: 'decimal', idBits: 64 })).toBeUndefined();
  expect(writtenAs(5n, { form: 'decimal', idBits: 64, signed: true })).toBeUndefined();
});
