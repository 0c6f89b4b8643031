/**
 * One JSON object a line. Numbers are read digit by digit: no parser of JSON in JavaScript keeps them above 2^53. The whole
 * line has to be JSON, and its member of the ID may stand in it once.
 */
import type { RefusalKind } from '../refusals.ts';
import type { ParserParts, RecordParser } from './record-parser.ts';
import { CR, lineEnd } from './record-parser.ts';

/** Deeper than anybody nests, and far from the end of the stack. */
const DEPTH_MAX = 256;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];
const LITERALS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

export class JsonlParser implements RecordParser {
  lines = 0;
  readonly #parts: ParserParts;
  readonly #idKey: Uint8Array;
  readonly #nodeKey: Uint8Array | undefined;
  #skips = false;
  /** Whether the string that was read last has escapes. */
  #escaped = false;
  /** The values of both members in the line at hand; −1: not there. */
  #idFrom = -1;
  #idTo = -1;
  #idEscaped = false;
  #nodeFrom = -1;
  #nodeTo = -1;
  #nodeEscaped = false;

  constructor(parts: ParserParts, idColumn: string, nodeColumn?: string) {
    this.#parts = parts;
    this.#idKey = Buffer.from(idColumn);
    this.#nodeKey = nodeColumn === undefined ? undefined : Buffer.from(nodeColumn);
  }

  parse(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    let at = from;
    while (at < to) {
      const end = lineEnd(bytes, at, to);
      const isWhole = end < to;
      if (!isWhole && !last) return at;
      const textEnd = end > at && bytes[end - 1] === CR ? end - 1 : end;
      if (this.#skips) this.#skips = false;
      else this.#line(bytes, at, textEnd, isWhole);
      if (isWhole) this.lines++;
      at = end + 1;
    }
    return to;
  }

  tooLong(bytes: Uint8Array, from: number, to: number): number {
    if (!this.#skips) this.#parts.target.refused('too long', this.lines + 1, bytes, from, to);
    this.#skips = true;
    return to;
  }

  #line(bytes: Uint8Array, from: number, to: number, isWhole: boolean): void {
    const { target } = this.#parts;
    const line = this.lines + 1;
    if (from === to) return target.refused('empty', line, bytes, from, to);
    this.#idFrom = -1;
    this.#nodeFrom = -1;
    const wrong = this.#members(bytes, from, to);
    if (wrong !== undefined)
      return target.refused(wrong === 'not JSON' && !isWhole ? 'cut off' : wrong, line, bytes, from, to);
    if (this.#idFrom < 0) return target.refused('missing column', line, bytes, from, to);
    const refusal = this.#takeId(bytes);
    if (refusal !== undefined) return target.refused(refusal, line, bytes, this.#idFrom, this.#idTo);
    if (this.#nodeKey !== undefined && !this.#takeNode(bytes)) return target.refused('no node', line, bytes, from, to);
    target.taken(bytes[this.#idFrom] !== QUOTE);
  }

  #takeId(bytes: Uint8Array): RefusalKind | undefined {
    const { words, isDecimal } = this.#parts;
    const [from, to] = [this.#idFrom, this.#idTo];
    if (bytes[from] !== QUOTE) {
      if (isDecimal && words.read(bytes, from, to)) return undefined;
      // Of other forms than digits, a number is none.
      const why = words.whyNot(bytes, from, to);
      return why === 'empty' ? 'not an ID' : why;
    }
    const text = this.#idEscaped ? decoded(bytes, from, to) : undefined;
    const [source, start, end] = text === undefined ? [bytes, from + 1, to - 1] : [text, 0, text.length];
    return words.read(source, start, end) ? undefined : words.whyNot(source, start, end);
  }

  #takeNode(bytes: Uint8Array): boolean {
    const [from, to] = [this.#nodeFrom, this.#nodeTo];
    const first = bytes[from];
    if (from < 0) return false;
    if (first !== QUOTE)
      // A number is a name like any other; nothing else is.
      return (first === 0x2d || (first! >= 0x30 && first! <= 0x39)) && this.#parts.target.node(bytes, from, to);
    if (to - from === 2) return false;
    if (!this.#nodeEscaped) return this.#parts.target.node(bytes, from + 1, to - 1);
    const text = decoded(bytes, from, to);
    return this.#parts.target.node(text, 0, text.length);
  }

  /** Reads the object of a line; what is wrong with it, or undefined. */
  #members(bytes: Uint8Array, from: number, to: number): RefusalKind | undefined {
    let at = blanks(bytes, from, to);
    if (at >= to || bytes[at] !== OBJECT) return 'not JSON';
    at = blanks(bytes, at + 1, to);
    if (at < to && bytes[at] === OBJECT_END) return blanks(bytes, at + 1, to) === to ? undefined : 'not JSON';
    for (;;) {
      const keyFrom = at;
      at = this.#string(bytes, at, to);
      if (at < 0) return 'not JSON';
      const isId = this.#isKey(bytes, keyFrom, at, this.#idKey);
      const isNode = this.#nodeKey !== undefined && this.#isKey(bytes, keyFrom, at, this.#nodeKey);
      at = blanks(bytes, at, to);
      if (at >= to || bytes[at] !== COLON) return 'not JSON';
      at = blanks(bytes, at + 1, to);
      const valueFrom = at;
      this.#escaped = false;
      at = this.#value(bytes, at, to, 0);
      const isNumberLike = isId && at < 0 && valueFrom < to && /[-+.\d]/.test(String.fromCharCode(bytes[valueFrom]!));
      // What is no number of JSON either may be told better: `007` has leading zeros.
      if (isNumberLike) at = tokenEnd(bytes, valueFrom, to);
      if (at < 0) return 'not JSON';
      if (isId) {
        if (this.#idFrom >= 0) return 'column twice';
        this.#idFrom = valueFrom;
        this.#idTo = at;
        this.#idEscaped = this.#escaped;
      }
      if (isNode) {
        if (this.#nodeFrom >= 0) return 'column twice';
        this.#nodeFrom = valueFrom;
        this.#nodeTo = at;
        this.#nodeEscaped = this.#escaped;
      }
      at = blanks(bytes, at, to);
      if (at >= to) return 'not JSON';
      if (bytes[at] === OBJECT_END) return blanks(bytes, at + 1, to) === to ? undefined : 'not JSON';
      if (bytes[at] !== COMMA) return 'not JSON';
      at = blanks(bytes, at + 1, to);
    }
  }

  /** `from` to `to`: a string with its quotes. */
  #isKey(bytes: Uint8Array, from: number, to: number, key: Uint8Array): boolean {
    if (this.#escaped) return Buffer.compare(decoded(bytes, from, to), key) === 0;
    if (to - from - 2 !== key.length) return false;
    for (let k = 0; k < key.length; k++) if (bytes[from + 1 + k] !== key[k]) return false;
    return true;
  }

  /** The end of a value, or −1. */
  #value(bytes: Uint8Array, from: number, to: number, depth: number): number {
    const first = from < to ? bytes[from]! : 0;
    if (first === QUOTE) return this.#string(bytes, from, to);
    if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return number(bytes, from, to);
    if (first === OBJECT || first === ARRAY)
      return depth < DEPTH_MAX ? this.#nested(bytes, from, to, first === OBJECT, depth) : -1;
    const literal = LITERALS.find((word) => word.every((letter, k) => bytes[from + k] === letter));
    return literal === undefined || from + literal.length > to ? -1 : from + literal.length;
  }

  #nested(bytes: Uint8Array, from: number, to: number, isObject: boolean, depth: number): number {
    const close = isObject ? OBJECT_END : ARRAY_END;
    let at = blanks(bytes, from + 1, to);
    if (at < to && bytes[at] === close) return at + 1;
    for (;;) {
      if (isObject) {
        at = this.#string(bytes, at, to);
        if (at < 0) return -1;
        at = blanks(bytes, at, to);
        if (at >= to || bytes[at] !== COLON) return -1;
        at = blanks(bytes, at + 1, to);
      }
      at = this.#value(bytes, at, to, depth + 1);
      if (at < 0) return -1;
      at = blanks(bytes, at, to);
      if (at >= to) return -1;
      if (bytes[at] === close) return at + 1;
      if (bytes[at] !== COMMA) return -1;
      at = blanks(bytes, at + 1, to);
    }
  }

  /** The end of a string that begins here, behind its closing quote, or −1. */
  #string(bytes: Uint8Array, from: number, to: number): number {
    if (from >= to || bytes[from] !== QUOTE) return -1;
    this.#escaped = false;
    for (let at = from + 1; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte < 0x20) return -1;
      if (byte !== BACKSLASH) continue;
      this.#escaped = true;
      const escape = at + 1 < to ? String.fromCharCode(bytes[++at]!) : '';
      if (escape === 'u') {
        const digits = Buffer.from(bytes.subarray(at + 1, Math.min(at + 5, to))).toString('latin1');
        if (!/^[0-9a-f]{4}$/i.test(digits)) return -1;
        at += 4;
      } else if (escape === '' || !'"\\/bfnrt'.includes(escape)) return -1;
    }
    return -1;
  }
}

function blanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === CR)) at++;
  return at;
}

/** The end of a number of JSON's own grammar, or −1. */
function number(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  if (bytes[at] === 0x2d) at++;
  const first = at;
  at = digits(bytes, at, to);
  if (at === first || (at > first + 1 && bytes[first] === 0x30)) return -1;
  if (at < to && bytes[at] === 0x2e) {
    const fraction = at + 1;
    at = digits(bytes, fraction, to);
    if (at === fraction) return -1;
  }
  if (at < to && (bytes[at]! | 0x20) === 0x65) {
    at++;
    if (at < to && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
    const exponent = at;
    at = digits(bytes, exponent, to);
    if (at === exponent) return -1;
  }
  return at;
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return at;
}

/** Up to what ends a value. */
function tokenEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== COMMA && bytes[at] !== OBJECT_END && bytes[at] !== 0x20) at++;
  return at;
}

/** A string of JSON with its quotes, its escapes replaced. It was checked before. */
function decoded(bytes: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(JSON.parse(Buffer.from(bytes.subarray(from, to)).toString('utf8')) as string);
}
