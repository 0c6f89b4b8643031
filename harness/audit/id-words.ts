/**
 * IDs read from the bytes of a text into 32-bit words, without an object an ID. Strict: what does not survive the round
 * trip from text to number and back is no ID, and a text of its reason says why. Pure.
 */
import type { IdForm } from '../core/node-program.ts';
import type { RefusalKind } from './refusals.ts';

/** Forms in which the IDs of a text file may be written; `text` has no way back from its digest. */
export type TextForm = Exclude<IdForm, 'text'>;
export const TEXT_FORMS: readonly TextForm[] = ['decimal', 'hex', 'uuid', 'ulid'];

export interface IdShape {
  readonly form: TextForm;
  readonly idBits: 64 | 128;
  /** Digits of each hexadecimal ID: all have as many as the first. */
  readonly hexDigits?: number;
  /** A minus sign is read as two's complement, as a signed column of 64 bits holds it. */
  readonly signed?: boolean;
}

const ZERO = 0x30;
const MINUS = 0x2d;
const TWO_31 = 2 ** 31;
const TWO_32 = 2 ** 32;
/** The two words of 10^14. */
const HIGH_OF_1E14 = 23_283;
const LOW_OF_1E14 = 276_447_232;
/** No number of 64 bits has more. */
const DIGITS_MAX = 20;

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
const BASE_32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CROCKFORD = new Int8Array(256).fill(-1);
for (const [digit, letter] of [...BASE_32].entries()) {
  CROCKFORD[letter.charCodeAt(0)] = digit;
  CROCKFORD[letter.toLowerCase().charCodeAt(0)] = digit;
}
const UUID_DASHES = [8, 13, 18, 23] as const;

/** Reads one ID at a time and holds its words, the lowest first: 32 bits each, as signed integers, which are the fastest. */
export class IdWords {
  w0 = 0;
  w1 = 0;
  /** Of IDs of 128 bits; else 0. */
  w2 = 0;
  w3 = 0;
  readonly #shape: IdShape;
  readonly #isDecimal64: boolean;

  constructor(shape: IdShape) {
    this.#shape = shape;
    this.#isDecimal64 = shape.form === 'decimal' && shape.idBits === 64;
  }

  /** Whether the bytes from `from` to `to` are an ID; `whyNot` says why they are none. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#isDecimal64 ? this.#decimal(bytes, from, to) : this.#other(bytes, from, to);
  }

  /** Of bytes that `read` did not take. */
  whyNot(bytes: Uint8Array, from: number, to: number): RefusalKind {
    return whyNoId(latin1(bytes, from, to), this.#shape);
  }

  #other(bytes: Uint8Array, from: number, to: number): boolean {
    const { form } = this.#shape;
    if (form === 'hex') return this.#hex(bytes, from, to);
    if (form === 'uuid') return this.#uuid(bytes, from, to);
    if (form === 'ulid') return this.#ulid(bytes, from, to);
    return this.#longDecimal(bytes, from, to);
  }

  /** Most IDs are these, so that this is what an audit of texts takes its time for. */
  #decimal(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from;
    const isNegative = this.#shape.signed === true && bytes[at] === MINUS;
    if (isNegative) at++;
    const digits = to - at;
    if (digits < 1 || digits > DIGITS_MAX || (bytes[at] === ZERO && (digits > 1 || isNegative))) return false;
    // Three parts of at most seven digits: each of them a small integer, and no sum of theirs reaches 2^53.
    let top = 0;
    for (const end = to - 14; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >>> 0 > 9) return false;
      top = top * 10 + digit;
    }
    let middle = 0;
    for (const end = to - 7; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >>> 0 > 9) return false;
      middle = middle * 10 + digit;
    }
    let last = 0;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >>> 0 > 9) return false;
      last = last * 10 + digit;
    }
    const below = middle * 1e7 + last;
    const belowLow = below >>> 0;
    const low = top * LOW_OF_1E14 + belowLow;
    const high = top * HIGH_OF_1E14 + (below - belowLow) / TWO_32 + Math.floor(low / TWO_32);
    if (high >= TWO_32) return false;
    this.w0 = low | 0;
    this.w1 = high | 0;
    if (!isNegative) return this.#shape.signed !== true || high < TWO_31;
    if (high > TWO_31 || (high === TWO_31 && this.w0 !== 0)) return false;
    this.w1 = (~this.w1 + (this.w0 === 0 ? 1 : 0)) | 0;
    this.w0 = -this.w0 | 0;
    return true;
  }

  /** Decimal IDs of 128 bits are rare: nothing is made of their speed. */
  #longDecimal(bytes: Uint8Array, from: number, to: number): boolean {
    const text = latin1(bytes, from, to);
    if (text.length > 39 || !/^(0|[1-9]\d*)$/.test(text)) return false;
    const id = BigInt(text);
    if (id >> 128n !== 0n) return false;
    this.#set(id);
    return true;
  }

  #hex(bytes: Uint8Array, from: number, to: number): boolean {
    const hasPrefix = to - from > 2 && bytes[from] === ZERO && (bytes[from + 1]! | 0x20) === 0x78;
    const first = hasPrefix ? from + 2 : from;
    return to - first === (this.#shape.hexDigits ?? 0) && this.#hexDigits(bytes, first, to, false);
  }

  #uuid(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from === 32) return this.#hexDigits(bytes, from, to, false);
    if (to - from !== 36) return false;
    for (const dash of UUID_DASHES) if (bytes[from + dash] !== MINUS) return false;
    return this.#hexDigits(bytes, from, to, true);
  }

  /** From the last digit up. `dashed`: those of a UUID stand where they belong. */
  #hexDigits(bytes: Uint8Array, from: number, to: number, dashed: boolean): boolean {
    let at = to - 1;
    let w0 = 0;
    let w1 = 0;
    let w2 = 0;
    let w3 = 0;
    let shift = 0;
    for (; at >= from; at--) {
      if (dashed && bytes[at] === MINUS) continue;
      const digit = HEX[bytes[at]!]!;
      if (digit < 0) return false;
      if (shift < 32) w0 |= digit << shift;
      else if (shift < 64) w1 |= digit << (shift - 32);
      else if (shift < 96) w2 |= digit << (shift - 64);
      else w3 |= digit << (shift - 96);
      shift += 4;
    }
    // A dash more is a digit less.
    if (dashed && shift !== 128) return false;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    return true;
  }

  #ulid(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from !== 26 || CROCKFORD[bytes[from]!]! > 7) return false;
    let w0 = 0;
    let w1 = 0;
    let w2 = 0;
    let w3 = 0;
    for (let at = from; at < to; at++) {
      const digit = CROCKFORD[bytes[at]!]!;
      if (digit < 0) return false;
      w3 = (w3 << 5) | (w2 >>> 27);
      w2 = (w2 << 5) | (w1 >>> 27);
      w1 = (w1 << 5) | (w0 >>> 27);
      w0 = (w0 << 5) | digit;
    }
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    return true;
  }

  #set(id: bigint): void {
    this.w0 = Number(BigInt.asIntN(32, id));
    this.w1 = Number(BigInt.asIntN(32, id >> 32n));
    this.w2 = Number(BigInt.asIntN(32, id >> 64n));
    this.w3 = Number(BigInt.asIntN(32, id >> 96n));
  }
}

/**
 * The ID in the form of its input, so that it can be looked for there: hexadecimal digits and UUIDs in small letters, as
 * most write them. Undefined: in decimal digits, without a sign.
 */
export function writtenAs(id: bigint, { form, hexDigits, signed }: IdShape): string | undefined {
  if (form === 'uuid')
    return id
      .toString(16)
      .padStart(32, '0')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  if (form === 'ulid')
    return Array.from({ length: 26 }, (_, at) => BASE_32[Number((id >> BigInt(5 * (25 - at))) & 31n)]).join('');
  if (form === 'hex') return id.toString(16).padStart(hexDigits ?? 0, '0');
  return signed === true && id >> 63n === 1n ? String(BigInt.asIntN(64, id)) : undefined;
}

/**
 * In which shape a text is written that looks like an ID, the most telling first; undefined: it looks like none. Digits
 * are taken for hexadecimal where a letter is among them, or 0x in front, and their number is one that IDs have.
 */
export function shapeOf(text: string, longDecimals = false): IdShape | undefined {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text))
    return { form: 'uuid', idBits: 128 };
  if (/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(text) && /[a-z]/i.test(text)) return { form: 'ulid', idBits: 128 };
  if (/^-?\d+$/.test(text)) return { form: 'decimal', idBits: longDecimals ? 128 : 64 };
  const digits = /^(?:0x([0-9a-f]{1,32})|((?=\d*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32})))$/i.exec(text);
  return digits === null ? undefined : hexShape(text);
}

/** The shape of hexadecimal IDs of which this is the first. */
export function hexShape(text: string): IdShape | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,32})$/i.exec(text)?.[1];
  return digits === undefined
    ? undefined
    : { form: 'hex', idBits: digits.length > 16 ? 128 : 64, hexDigits: digits.length };
}

function whyNoId(text: string, { form, hexDigits }: IdShape): RefusalKind {
  if (text === '') return 'empty';
  if (/^(null|nil|none|nan|undefined|\\N)$/i.test(text)) return 'null';
  if (form === 'hex' && new RegExp(`^(0x)?[0-9a-f]{${(hexDigits ?? 0) + 1},}$`, 'i').test(text)) return 'too big';
  if (form !== 'decimal') return 'not an ID';
  if (/^-\d+$/.test(text)) return 'minus';
  if (/^\+\d+$/.test(text)) return 'plus';
  if (/^0\d+$/.test(text)) return 'leading zeros';
  if (/^\d+$/.test(text)) return 'too big';
  if (/^[-+]?\d*\.\d*$/.test(text) && /\d/.test(text)) return 'fraction';
  return /^[-+]?\d*\.?\d*e[-+]?\d+$/i.test(text) ? 'exponent' : 'not an ID';
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
