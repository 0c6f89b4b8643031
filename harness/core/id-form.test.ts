import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOfBytes, fitting, formProblem, idReaderOf, likelyForm } from './id-form.ts';
import { ID_FORMS, type IdForm } from './node-program.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const bits = (count: bigint) => fc.bigInt({ min: 0n, max: (1n << count) - 1n });
const hex = (id: bigint, digits: number): string => id.toString(16).padStart(digits, '0');
const asUuid = (id: bigint): string => hex(id, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const asUlid = (id: bigint): string =>
  Array.from({ length: 26 }, (_, at) => CROCKFORD[Number((id >> BigInt(5 * (25 - at))) & 31n)]).join('');

/** How each form writes an ID of so many bits, so that texts of one length are in the order of their numbers. */
const WRITTEN: readonly (readonly [IdForm, 64 | 128, (id: bigint) => string])[] = [
  ['decimal', 64, String],
  ['decimal', 128, String],
  ['decimal', 64, (id) => String(BigInt.asIntN(64, id))],
  ['decimal', 128, (id) => String(BigInt.asIntN(128, id))],
  ['hex', 64, (id) => hex(id, 16)],
  ['hex', 128, (id) => `0x${hex(id, 32).toUpperCase()}`],
  ['uuid', 128, asUuid],
  ['uuid', 128, (id) => hex(id, 32)],
  ['ulid', 128, asUlid],
  ['ulid', 128, (id) => asUlid(id).toLowerCase()],
];

test.each(WRITTEN)('any ID comes through as %s of %i bits, bit for bit (%#)', (form, idBits, write) => {
  const read = idReaderOf(form, idBits);
  fc.assert(
    fc.property(bits(BigInt(idBits)), (id) => {
      expect(read(write(id))).toBe(id);
    }),
  );
});

test.each(WRITTEN.filter(([form]) => form !== 'decimal'))(
  'numbers are in the order of the texts: %s of %i bits (%#)',
  (form, idBits, write) => {
    const read = idReaderOf(form, idBits);
    fc.assert(
      fc.property(bits(BigInt(idBits)), bits(BigInt(idBits)), (one, other) => {
        const [a, b] = [write(one), write(other)];
        expect(read(a) < read(b)).toBe(a < b);
      }),
    );
  },
);

test('a text of any form is kept as its MD5, so that texts are told apart', () => {
  const read = idReaderOf('text', 128);
  expect(read('2xNOgVLXj9xRXe7G1vXZ6pyHkUb')).toBe(
    BigInt(`0x${createHash('md5').update('2xNOgVLXj9xRXe7G1vXZ6pyHkUb', 'utf8').digest('hex')}`),
  );
  expect(read('ü')).not.toBe(read('u'));
});

test('texts with halves of surrogate pairs are told apart, though UTF-8 has none', () => {
  const read = idReaderOf('text', 128);
  expect(read('\ud800')).not.toBe(read('\ud801'));
});

describe('what is no ID of its form says why', () => {
  test.each([
    ['decimal', 64, '', 'is empty'],
    ['decimal', 64, 'error', 'is no decimal number'],
    ['decimal', 64, '1.0', 'is no decimal number'],
    ['decimal', 64, '1e3', 'is no decimal number'],
    ['decimal', 64, ' 1', 'is no decimal number'],
    ['decimal', 64, '18446744073709551616', 'does not fit in the 64 bits of the layout'],
    ['decimal', 64, '-9223372036854775809', 'does not fit in the 64 bits of the layout'],
    ['decimal', 128, '9'.repeat(100_000), 'does not fit in the 128 bits of the layout'],
    ['hex', 64, 'xyz', 'is no hexadecimal number'],
    ['hex', 64, '10000000000000000', 'does not fit in the 64 bits of the layout'],
    ['uuid', 128, '018f-2', 'is no UUID'],
    ['uuid', 128, '018f2b6e7cc3-7d1a-8a3b-0123456789ab', 'is no UUID'],
    ['ulid', 128, '8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'is no ULID'],
    ['ulid', 128, '01ARZ3NDEKTSV4RRFFQ69G5FAI', 'is no ULID'],
    ['text', 128, 'no worker ID', 'has blanks in it, as no ID has'],
    ['text', 128, 'x'.repeat(600), 'has 600 characters, and no ID has more than 512'],
  ] as const)('%s of %i bits: %j', (form, idBits, text, problem) => {
    expect(idReaderOf(form, idBits)(text)).toBe(problem);
  });
});

test('forms of 128 bits do not go into a layout of 64', () => {
  const refused = ID_FORMS.filter((form) => formProblem(form, 64) !== undefined);
  expect(refused).toEqual(['uuid', 'ulid', 'text']);
  expect(ID_FORMS.filter((form) => formProblem(form, 128) !== undefined)).toEqual([]);
});

test('a whole number fits as it is or as its two’s complement, or not at all', () => {
  for (const idBits of [64, 128] as const) {
    const [highest, lowest] = [2n ** BigInt(idBits) - 1n, -(2n ** BigInt(idBits - 1))];
    expect([highest, highest + 1n, -1n, lowest, lowest - 1n].map((id) => fitting(id, idBits))).toEqual([
      ...[highest, undefined, highest, -lowest, undefined],
    ]);
  }
});

test('bytes have the digest of the text that they are', () => {
  expect(digestOfBytes(Buffer.from('2xNOgVLXj9xRXe7G1vXZ6pyHkUb'))).toBe(
    idReaderOf('text', 128)('2xNOgVLXj9xRXe7G1vXZ6pyHkUb'),
  );
});

test('the form of a text that was taken for another is guessed', () => {
  const texts = ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '0190163d-8694-739b-aea5-966c26f8ad91', '12', '1e3', 'error', ''];
  expect(texts.map(likelyForm)).toEqual(['ulid', 'uuid', 'decimal', 'hex', undefined, undefined]);
});
