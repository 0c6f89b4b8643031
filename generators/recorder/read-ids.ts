/**
 * Reads the IDs out of an answer. Never through a JavaScript number: an ID keeps all of its digits, however it is
 * written. What cannot be read is an error that says what the service answered in its place; IDs that were read before
 * stay in the buffer.
 */
import { isUtf8 } from 'node:buffer';
import { idReaderOf, type ReadId } from '../../harness/core/id-form.ts';
import type { IdForm, IdsIn } from '../../harness/core/node-program.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import type { IdBuffer } from './id-buffer.ts';
import { inWords, isList, isObject, JsonNumber, type JsonValue, parseJson, parsePointer, visit } from './json.ts';

export interface Answer {
  /** Lower-case, without parameters; '' where it has none. */
  readonly type: string;
  readonly body: Buffer;
}

export interface IdsReader {
  /** Throws a ServiceFault where there is anything but IDs. */
  read(answer: Answer, into: IdBuffer): void;
  /**
   * IDs in an answer that says that it has none: only those that stand at a place for IDs, because a text or bytes are
   * what the error says of itself.
   */
  readFromError(answer: Answer, into: IdBuffer): void;
}

/** So much of an answer is quoted. */
const QUOTED_MAX = 120;

/** Throws an Error with one sentence where the pointer or pattern is none. */
export function idsReaderOf(where: IdsIn, form: IdForm, idBits: 64 | 128): IdsReader {
  const id = new IdOfForm(form, idReaderOf(form, idBits));
  if (where === 'bytes' || where === 'bytes-le') return bytesReader(where, idBits);
  if (where === 'text') return textReader((text, into) => id.lines(text, into));
  if (where.startsWith('text:')) return patternReader(where.slice('text:'.length), id);
  if (where.startsWith('json:')) return jsonReader(parsePointer(where.slice('json:'.length)), id);
  return autoReader(id);
}

/** The start of a text, quoted, on one line. */
export function quoted(text: string): string {
  const short = text.trim();
  return JSON.stringify(short.length > QUOTED_MAX ? `${short.slice(0, QUOTED_MAX)}…` : short);
}

/** IDs of one form. */
class IdOfForm {
  readonly form: IdForm;
  readonly #read: ReadId;

  constructor(form: IdForm, read: ReadId) {
    this.form = form;
    this.#read = read;
  }

  text(text: string, into: IdBuffer, at = ''): void {
    into.push(this.#value(text, at), text);
  }

  /** One a line; lines without any letter are none. */
  lines(text: string, into: IdBuffer): void {
    for (const line of text.split('\n')) {
      const trimmed = line.trim();
      if (trimmed !== '') this.text(trimmed, into);
    }
  }

  /** A value of JSON that is an ID, or a list of them. */
  json(value: JsonValue, at: string, into: IdBuffer): void {
    if (isList(value)) value.forEach((each, index) => this.#one(each, `${at}/${index}`, into));
    else this.#one(value, at, into);
  }

  #one(value: JsonValue, at: string, into: IdBuffer): void {
    if (typeof value === 'string') return this.text(value, into, at);
    if (!(value instanceof JsonNumber))
      throw new ServiceFault('answered no ID where one should be', `${placed(at)}: there is ${inWords(value)}`);
    if (!/^-?\d+$/.test(value.digits))
      throw new ServiceFault('answered a number that is no ID', `${placed(at)}: ${value.digits} is not whole digits`);
    if (this.form !== 'decimal' && this.form !== 'text')
      throw new ServiceFault(`answered a JSON number where IDs of the form ${this.form} should be`, placed(at));
    into.pushNumber(this.#value(value.digits, at), value.digits);
  }

  #value(text: string, at: string): bigint {
    const value = this.#read(text);
    if (typeof value === 'string')
      throw new ServiceFault('answered what is no ID', `${placed(at)}: ${quoted(text)} ${value}`);
    return value;
  }
}

const placed = (at: string): string => (at === '' ? '' : ` at ${at}`);

function bytesReader(where: 'bytes' | 'bytes-le', idBits: 64 | 128): IdsReader {
  const size = idBits / 8;
  const [read, low, high] =
    where === 'bytes'
      ? ([(bytes: Buffer, at: number) => bytes.readBigUInt64BE(at), size - 8, 0] as const)
      : ([(bytes: Buffer, at: number) => bytes.readBigUInt64LE(at), 0, size - 8] as const);
  return {
    read({ type, body }, into) {
      if (/^text\/|json|html/.test(type))
        throw new ServiceFault(`answered ${type} where bytes should be`, `: ${quoted(body.toString())}`);
      if (body.length === 0) throw new ServiceFault(NOTHING);
      if (body.length % size !== 0)
        throw new ServiceFault('answered bytes that are no whole IDs', `: ${body.length} are no multiple of ${size}`);
      for (let at = 0; at < body.length; at += size)
        into.push(size === 8 ? read(body, at) : (read(body, at + high) << 64n) | read(body, at + low));
    },
    readFromError: () => undefined,
  };
}

const NOTHING = 'answered nothing: the body is empty';

/** Bytes that are no text would all become the same letter, and IDs that differ in them the same ID. */
function utf8Of(body: Buffer): string {
  if (!isUtf8(body))
    throw new ServiceFault('answered bytes where text should be', `: ${quoted(body.toString())} is not UTF-8`);
  return body.toString();
}

/** The text of an answer that is meant to hold IDs. */
function textOf({ body }: Answer): string {
  const text = utf8Of(body);
  const start = text.trimStart();
  if (start === '') throw new ServiceFault(NOTHING);
  // By what it is: many a service says text/html of a bare ID.
  if (start.startsWith('<')) throw new ServiceFault('answered HTML or XML in place of IDs', `: ${quoted(text)}`);
  return text;
}

function textReader(read: (text: string, into: IdBuffer) => void): IdsReader {
  return { read: (answer, into) => read(textOf(answer), into), readFromError: () => undefined };
}

function patternReader(pattern: string, id: IdOfForm): IdsReader {
  const expression = new RegExp(pattern, 'g');
  const each = (text: string, into: IdBuffer): number => {
    let found = 0;
    for (const match of text.matchAll(expression)) {
      // What matches beside a group that took no part is not where the ID is.
      const part = match.length > 1 ? match[1] : match[0];
      if (part === undefined) continue;
      id.text(part, into);
      found++;
    }
    return found;
  };
  return {
    read({ body }, into) {
      const text = utf8Of(body);
      if (each(text, into) === 0)
        throw new ServiceFault(`answered a text in which /${pattern}/ matches nowhere`, `: ${quoted(text)}`);
    },
    readFromError: ({ body }, into) => void attempt(() => each(body.toString(), into)),
  };
}

function jsonReader(tokens: readonly string[], id: IdOfForm): IdsReader {
  const read = (answer: Answer, into: IdBuffer): void => {
    const missing = visit(jsonOf(textOf(answer)), tokens, (value, at) => id.json(value, at, into));
    if (missing === undefined) return;
    const pointer = tokens.map((token) => `/${token}`).join('');
    const there = `: there is ${inWords(missing.there)}${placed(missing.at)}`;
    throw new ServiceFault(`answered JSON that has nothing at ${pointer}`, there);
  };
  return {
    read,
    readFromError: (answer, into) => void (id.form !== 'text' && attempt(() => read(answer, into))),
  };
}

/** Where `auto` looks in an object. */
const USUAL_KEYS = ['id', 'ids'] as const;

function autoReader(id: IdOfForm): IdsReader {
  const usual = (value: JsonValue, into: IdBuffer): boolean => {
    const key = isObject(value) ? USUAL_KEYS.find((name) => Object.hasOwn(value, name)) : undefined;
    if (key !== undefined) id.json((value as { readonly [key: string]: JsonValue })[key]!, `/${key}`, into);
    return key !== undefined;
  };
  return {
    read(answer, into) {
      const text = textOf(answer);
      if (!isJson(answer.type, text)) return id.lines(text, into);
      const value = jsonOf(text);
      if (isObject(value) && Object.hasOwn(value, 'jsonrpc'))
        throw new ServiceFault('answered JSON-RPC, whose id is that of the request', '; ask.ids: json:/result');
      if (usual(value, into)) return;
      if (isObject(value))
        throw new ServiceFault(
          'answered JSON without id or ids',
          `: there is ${inWords(value)}; ask.ids says where IDs are, as in json:/data/id`,
        );
      id.json(value, '', into);
    },
    // Any number at `id` may be a code or a number of the request: nobody said that it is an ID.
    readFromError: () => undefined,
  };
}

function isJson(type: string, text: string): boolean {
  return type.includes('json') || /^\s*[[{"]/.test(text);
}

function jsonOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw new ServiceFault('answered what is no JSON', `: ${quoted(text)}`);
  }
}

/** What cannot be read is no evidence. */
function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
  }
}
