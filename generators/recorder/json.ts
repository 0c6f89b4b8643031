/** JSON whose numbers keep their digits, and pointers into it (RFC 6901). Pure. */

/** A number of JSON as it is written. */
export class JsonNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

export type JsonValue =
  string | boolean | null | JsonNumber | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** TypeScript does not know the third argument of a reviver yet. */
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepDigits: Reviver = (_, value, { source }) =>
  typeof value === 'number' ? new JsonNumber(source as string) : value;

/** Throws a SyntaxError where it is no JSON. */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as JsonValue;
}

/** As JSON again, with all digits. */
export function jsonText(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.digits;
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${jsonText(field)}`);
  return `{${fields.join(',')}}`;
}

export const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

export function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof JsonNumber);
}

/** `null`, `the number 1.5`, `an object with the keys id, time`. */
export function inWords(value: JsonValue): string {
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return `the number ${value.digits}`;
  if (isList(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object without keys' : `an object with the keys ${keys.join(', ')}`;
}

/** The tokens of a pointer; throws an Error where it is none. */
export function parsePointer(pointer: string): readonly string[] {
  if (pointer !== '' && !pointer.startsWith('/')) throw new Error(`the JSON pointer ${pointer} does not begin with /`);
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Where a pointer leads nowhere: the way so far, and what is there. */
export interface Missing {
  readonly at: string;
  readonly there: JsonValue;
}

/**
 * Calls back for each value that the pointer stands for, `*` for every element or field, in their order. Returns where it
 * led nowhere, and stops there.
 */
export function visit(
  value: JsonValue,
  tokens: readonly string[],
  found: (value: JsonValue, at: string) => void,
  at = '',
): Missing | undefined {
  const [token, ...others] = tokens;
  if (token === undefined) {
    found(value, at);
    return undefined;
  }
  if (token === '*' && (isList(value) || isObject(value))) {
    for (const [key, each] of Object.entries(value)) {
      const missing = visit(each, others, found, `${at}/${key}`);
      if (missing !== undefined) return missing;
    }
    return undefined;
  }
  const next = isList(value) || isObject(value) ? fieldOf(value, token) : undefined;
  return next === undefined ? { at, there: value } : visit(next, others, found, `${at}/${token}`);
}

function fieldOf(
  value: readonly JsonValue[] | { readonly [key: string]: JsonValue },
  key: string,
): JsonValue | undefined {
  return Object.hasOwn(value, key) ? (value as { readonly [key: string]: JsonValue })[key] : undefined;
}
