/**
 * Markup that is escaped by construction: the only way to make it is the `html` tag, which escapes whatever is put in.
 *
 * Names of nodes and words of errors come from programs under test. They are hostile input.
 */
import { inert } from './inert.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '\u2028': '&#x2028;',
  '\u2029': '&#x2029;',
};

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | bigint | undefined | null | false | readonly Content[];

/** Escaped for text and for quoted attributes alike. */
export function escape(text: string): string {
  return inert(text).replace(/[&<>"'`\u2028\u2029]/gu, (character) => ENTITIES[character] as string);
}

/** A template whose values are escaped, but for Markup. Attributes must be quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  // The formatter lays templates out over many lines; a page needs no more than one white space where there were some.
  const [first = '', ...rest] = parts.map((part) => part.replace(/\s*\n\s*/g, '\n'));
  return new Markup(first + rest.map((part, i) => render(values[i]) + part).join(''));
}

/** Text that is trusted: constants of this folder, never data of a run. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** JSON for a `<script type="application/json">`, in ASCII: nothing in it can end the element or turn its direction. */
export function inlineJson(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replace(
      /[<>&\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

function render(value: Content): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return (value as readonly Content[]).map(render).join('');
  return escape(String(value));
}
