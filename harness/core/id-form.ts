/** Reads an ID that is written as text into the number that it is kept as (`IdForm` says which forms there are). Pure. */
import { hash } from 'node:crypto';
import type { IdForm } from './node-program.ts';

/** The ID as an unsigned number; or what is wrong with the text, as a clause about it ("is no decimal number"). */
export type ReadId = (text: string) => bigint | string;

/** Longer than any number of 128 bits; what is longer is not worth the time that reading it would take. */
const DIGITS_MAX = 64;
/** A text that is longer, or has blanks in it, is a message and no ID. */
const TEXT_MAX = 512;
/** Digits of Crockford's base 32 that a number of JavaScript holds exactly. */
const ULID_PARTS = [
  [0, 6],
  [6, 16],
  [16, 26],
] as const;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VALUE = new Map([...CROCKFORD, ...CROCKFORD.toLowerCase()].map((letter, at) => [letter, at % CROCKFORD.length]));

const FORMS: { readonly [Form in IdForm]: (text: string, bits: bigint) => bigint | string } = {
  decimal(text, bits) {
    if (!/^-?\d+$/.test(text)) return 'is no decimal number';
    if (text.length > DIGITS_MAX) return tooLong(bits);
    return fitting(BigInt(text), Number(bits) as 64 | 128) ?? tooLong(bits);
  },

  hex(text, bits) {
    if (!/^(0x)?[0-9a-f]+$/i.test(text)) return 'is no hexadecimal number';
    if (text.length > DIGITS_MAX) return tooLong(bits);
    const value = BigInt(/^0x/i.test(text) ? text : `0x${text}`);
    return value < 1n << bits ? value : tooLong(bits);
  },

  uuid(text) {
    const isUuid = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i.test(text);
    return isUuid ? BigInt(`0x${text.replaceAll('-', '')}`) : 'is no UUID';
  },

  ulid(text) {
    if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(text)) return 'is no ULID';
    const [high, middle, low] = ULID_PARTS.map(([from, to]) => BigInt(inBase32(text, from, to))) as [
      bigint,
      bigint,
      bigint,
    ];
    return (high << 100n) | (middle << 50n) | low;
  },

  text(text) {
    if (text.length > TEXT_MAX) return `has ${text.length} characters, and no ID has more than ${TEXT_MAX}`;
    if (/\s/.test(text)) return 'has blanks in it, as no ID has';
    // Half a surrogate pair has no UTF-8: all of them would be one and the same letter.
    return BigInt(`0x${hash('md5', text.isWellFormed() ? text : Buffer.from(text, 'utf16le'))}`);
  },
};

/** Forms whose IDs have 128 bits, whatever they are. */
const LONG_FORMS: readonly IdForm[] = ['uuid', 'ulid', 'text'];

export function idReaderOf(form: IdForm, idBits: 64 | 128): ReadId {
  const read = FORMS[form];
  const bits = BigInt(idBits);
  return (text) => (text === '' ? 'is empty' : read(text, bits));
}

/** The bits of a whole number, unsigned: of a negative one its two's complement. Undefined: it does not fit. */
export function fitting(id: bigint, idBits: 64 | 128): bigint | undefined {
  const unsigned = BigInt.asUintN(idBits, id);
  return unsigned === id || BigInt.asIntN(idBits, id) === id ? unsigned : undefined;
}

/** What is kept of bytes in place of an ID, as of a text of any form. */
export function digestOfBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${hash('md5', bytes)}`);
}

/** In which form a text may have been written; the most telling first, for digits are hexadecimal, too. */
export function likelyForm(text: string): IdForm | undefined {
  return (['uuid', 'ulid', 'decimal', 'hex'] as const).find((form) => typeof idReaderOf(form, 128)(text) === 'bigint');
}

/** Why IDs of this form do not go into a layout, as a sentence without its end; undefined: they do. */
export function formProblem(form: IdForm, idBits: 64 | 128): string | undefined {
  return idBits === 64 && LONG_FORMS.includes(form)
    ? `IDs of the form ${form} are kept in 128 bits, and the layout has 64: give it idBits 128`
    : undefined;
}

function tooLong(bits: bigint): string {
  return `does not fit in the ${bits} bits of the layout`;
}

function inBase32(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 32 + VALUE.get(text[at]!)!;
  return value;
}
