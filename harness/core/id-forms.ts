/**
 * How an ID is written, and the bits that it stands for: what a service or a module gives becomes words of a tap here.
 */
import { hash } from 'node:crypto';
import type { IdForm } from './node-program.ts';

type IdBits = 64 | 128;

/** The bits of the ID that a text is, unsigned; undefined: it is none. */
type ReadText = (text: string, idBits: IdBits) => bigint | undefined;

const FORMS: {
  readonly [Form in IdForm]: { readonly called: string; readonly read: ReadText };
} = {
  decimal: {
    called: 'decimal digits',
    read: (text, bits) => (DECIMAL.test(text) ? fitting(BigInt(text), bits) : undefined),
  },
  hex: { called: 'hexadecimal digits', read: (text, bits) => readHex(HEX.exec(text)?.[1], bits) },
  uuid: {
    called: 'a UUID',
    read: (text, bits) => (UUID.test(text) ? readHex(text.replaceAll('-', ''), bits) : undefined),
  },
  ulid: { called: 'a ULID', read: readUlid },
  text: { called: 'text', read: (text) => (text === '' ? undefined : digestOfText(text)) },
};

/** Longer ones fit into no ID; they are kept out of BigInt, which takes as much time and memory as it is given digits. */
const DECIMAL = /^-?\d{1,64}$/;
const HEX = /^(?:0[xX])?([0-9a-fA-F]{1,64})$/;
const UUID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
/** Crockford's base 32. 26 of its letters hold 130 bits: the first is at most 7 (github.com/ulid/spec). */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, LETTERS.indexOf(String.fromCharCode(code).toUpperCase())),
);

/**
 * The bits of an ID that is written so: of a negative number its two's complement, of form `text` a digest. Undefined:
 * the text is none, or does not fit.
 */
export function readId(text: string, form: IdForm, idBits: IdBits): bigint | undefined {
  return FORMS[form].read(text, idBits);
}

/** The bits of a whole number, of a negative one its two's complement; undefined: it does not fit. */
export function fitting(id: bigint, idBits: IdBits): bigint | undefined {
  const unsigned = BigInt.asUintN(idBits, id);
  return unsigned === id || BigInt.asIntN(idBits, id) === id ? unsigned : undefined;
}

/** Writes an ID as minters do: one word, or two, the low one first. `at` counts IDs. */
export function writeId(id: bigint, into: BigUint64Array, at: number, perId: 1 | 2): void {
  if (perId === 1) into[at] = id;
  else {
    into[2 * at] = id; // what is stored is its low 64 bits
    into[2 * at + 1] = id >> 64n;
  }
}

/**
 * What is kept of an ID in place of its bits, where those are more than 128 or have no order that is known: the MD5 of its
 * UTF-8. IDs are told apart by it: that two of 10^12 have one digest has a chance of 1 in 10^14.
 */
export function digestOfText(text: string): bigint {
  return BigInt(`0x${hash('md5', text, 'hex')}`);
}

/** As `digestOfText`, of bytes. */
export function digestOfBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${hash('md5', bytes, 'hex')}`);
}

/** As the end of a sentence about a text that `readId` knows no ID for: `is no ID: "abc" is not written in decimal digits`. */
export function noId(text: string, form: IdForm, idBits: IdBits): string {
  if (text === '') return 'is no ID: the text is empty';
  const shown = JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
  if (readId(text, form, 128) !== undefined) return `is no ID: ${shown} does not fit into ${idBits} bits`;
  const fits = GUESSES.find((other) => readId(text, other, 128) !== undefined);
  return `is no ID: ${shown} is not ${FORMS[form].called}${fits === undefined ? '' : `, it looks like form ${fits}`}`;
}

const SHOWN_MAX = 60;
/** The most telling first: digits are also hexadecimal. */
const GUESSES: readonly IdForm[] = ['uuid', 'ulid', 'decimal', 'hex'];

function readHex(digits: string | undefined, idBits: IdBits): bigint | undefined {
  return digits === undefined ? undefined : fitting(BigInt(`0x${digits}`), idBits);
}

/** In parts that a number holds: 10 letters are 50 bits, 8 are 40. */
function readUlid(text: string, idBits: IdBits): bigint | undefined {
  if (!ULID.test(text)) return undefined;
  const part = (from: number, to: number): bigint => {
    let sum = 0;
    for (let at = from; at < to; at++) sum = sum * LETTERS.length + VALUES[text.charCodeAt(at)]!;
    return BigInt(sum);
  };
  return fitting((part(0, 10) << 80n) | (part(10, 18) << 40n) | part(18, 26), idBits);
}
