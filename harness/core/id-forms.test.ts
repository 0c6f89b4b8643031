import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOfBytes, digestOfText, noId, readId, writeId } from './id-forms.ts';
import { idReader } from './id-words.ts';
import type { Layout } from './layout.ts';

const LAYOUT: Layout = { timeBits: 0, workerBits: 0, sequenceBits: 0, tickMs: 1, epochMs: 0 };
const short = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const long = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

const inHex = (id: bigint): string => id.toString(16).padStart(32, '0');
const asUuid = (id: bigint): string => inHex(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
/** By the book, letter by letter: github.com/ulid/spec. */
const asUlid = (id: bigint): string =>
  Array.from(
    { length: 26 },
    (_, at) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number((id >> BigInt(125 - 5 * at)) & 31n)],
  ).join('');

test('what is written in any form is read as it was', () => {
  fc.assert(
    fc.property(long, fc.boolean(), (id, inCapitals) => {
      const cased = (text: string): string => (inCapitals ? text.toUpperCase() : text.toLowerCase());
      expect(readId(String(id), 'decimal', 128)).toBe(id);
      expect(readId(cased(id.toString(16)), 'hex', 128)).toBe(id);
      expect(readId(cased(`0x${inHex(id)}`), 'hex', 128)).toBe(id);
      expect(readId(cased(asUuid(id)), 'uuid', 128)).toBe(id);
      expect(readId(cased(asUlid(id)), 'ulid', 128)).toBe(id);
    }),
  );
  expect(readId('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'ulid', 128)).toBe(0x01563e3ab5d3d6764c61efb99302bd5bn);
});

test('texts of one length are ordered as their bits are', () => {
  fc.assert(
    fc.property(long, long, (one, other) => {
      for (const [write, form] of [
        [inHex, 'hex'],
        [asUuid, 'uuid'],
        [asUlid, 'ulid'],
      ] as const)
        expect(write(one) < write(other)).toBe(readId(write(one), form, 128)! < readId(write(other), form, 128)!);
    }),
  );
});

test('a negative number is its two’s complement, in as many bits as the layout has', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: -1n }), (id) => {
      expect(readId(String(id), 'decimal', 64)).toBe(2n ** 64n + id);
      expect(readId(String(id), 'decimal', 128)).toBe(2n ** 128n + id);
    }),
  );
});

test('an ID in words is what readers of words find there', () => {
  fc.assert(
    fc.property(
      fc.array(long, { minLength: 1, maxLength: 5 }),
      fc.array(short, { minLength: 1, maxLength: 5 }),
      (wide, narrow) => {
        for (const [all, perId] of [
          [wide, 2],
          [narrow, 1],
        ] as const) {
          const ids = new BigUint64Array(all.length * perId);
          all.forEach((id, at) => writeId(id, ids, at, perId));
          const reader = idReader({ ids, layout: { ...LAYOUT, idBits: perId === 1 ? 64 : 128 } });
          expect(all.map((_, at) => reader.at(at))).toEqual(all);
        }
      },
    ),
  );
});

test('of text of any form the MD5 is kept, of bytes too', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
      const md5 = BigInt(`0x${createHash('md5').update(text).digest('hex')}`);
      expect(readId(text, 'text', 128)).toBe(md5);
      expect(digestOfText(text)).toBe(md5);
      expect(digestOfBytes(Buffer.from(text))).toBe(md5);
    }),
  );
});

test.each([
  ['', 'decimal', 64, 'is no ID: the text is empty'],
  ['', 'text', 128, 'is no ID: the text is empty'],
  ['12 ', 'decimal', 64, 'is no ID: "12 " is not decimal digits'],
  ['1e3', 'decimal', 64, 'is no ID: "1e3" is not decimal digits, it looks like form hex'],
  ['18446744073709551616', 'decimal', 64, 'is no ID: "18446744073709551616" does not fit into 64 bits'],
  ['-9223372036854775809', 'decimal', 64, 'is no ID: "-9223372036854775809" does not fit into 64 bits'],
  ['10000000000000000', 'hex', 64, 'is no ID: "10000000000000000" does not fit into 64 bits'],
  ['0x', 'hex', 64, 'is no ID: "0x" is not hexadecimal digits'],
  ['8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'ulid', 128, 'is no ID: "8ZZZZZZZZZZZZZZZZZZZZZZZZZ" is not a ULID'],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAU', 'ulid', 128, 'is no ID: "01ARZ3NDEKTSV4RRFFQ69G5FAU" is not a ULID'],
  [
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'decimal',
    128,
    'is no ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV" is not decimal digits, it looks like form ulid',
  ],
  [
    '0190163d-8694-739b-aea5-966c26f8ad91',
    'ulid',
    128,
    'is no ID: "0190163d-8694-739b-aea5-966c26f8ad91" is not a ULID, it looks like form uuid',
  ],
  ['<html>'.repeat(20), 'decimal', 64, `is no ID: "${'<html>'.repeat(10)}…" is not decimal digits`],
] as const)('%j in form %s of %d bits %s', (text, form, idBits, why) => {
  expect(readId(text, form, idBits)).toBeUndefined();
  expect(noId(text, form, idBits)).toBe(why);
});

test('digits without end are refused before they are made a number', () => {
  expect(readId('9'.repeat(10_000_000), 'decimal', 128)).toBeUndefined();
  expect(readId('f'.repeat(10_000_000), 'hex', 128)).toBeUndefined();
});
