/**
 * Markdown that is escaped by construction, as GitHub reads it. Names of nodes and words of errors come from programs
 * under test: they must neither format, nor link, nor call anybody, nor end a cell.
 */
import { inert } from '../shared/inert.ts';

/** A reference to a character is never structure; so all that could be is written as one. */
const STRUCTURE = /[!#$&*<>@[\\\]^_`{|}~]/g;
/** What GitHub makes a link of by itself, or a call: broken by a space of no width. */
const LINKED = /(?<=\b(?:https?|ftp))(?=:)|(?<=\bwww)(?=\.)|(?<=\bmailto)(?=:)|(?<=@)(?=[a-z0-9])|(?<=#)(?=\d)/gi;
/** What begins a list or underlines a title, at the start of a line. */
const BEGINNING = /^(\d*)([-+=.)])/;
const NO_WIDTH = '\u200b';

/** Plain text on one line, for a paragraph or a cell. */
export function md(text: string): string {
  return inert(text)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(LINKED, NO_WIDTH)
    .replace(STRUCTURE, reference)
    .replace(BEGINNING, (_, digits: string, sign: string) => `${digits}${reference(sign)}`);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

/** As `md`, no longer than this many characters. */
export function shortMd(text: string, max: number): string {
  return md(text.length <= max ? text : `${text.slice(0, max)}…`);
}

/** Cells are Markdown already. */
export function mdTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  /** Columns of numbers, by index. */
  numbers: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (numbers.includes(i) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** A block of code whose fence is longer than any in it. */
export function fenced(code: string, language: string): string {
  const text = inert(code).replace(/[\n\u2028\u2029]+/g, ' ');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Folded on GitHub, and plain where HTML is not read. Both are Markdown already. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** As many whole parts as fit; what does not is told. Sizes are bytes. */
export function withinBytes(parts: readonly string[], max: number): string {
  const kept: string[] = [];
  let left = max - LEFT_OUT_BYTES;
  let without = 0;
  for (const part of parts) {
    const size = Buffer.byteLength(part) + 2;
    if (size > left) without += 1;
    else {
      kept.push(part);
      left -= size;
    }
  }
  if (without > 0) kept.push(`_${without} of ${parts.length} parts were too long for this summary: see report.html._`);
  return `${kept.join('\n\n')}\n`;
}

const LEFT_OUT_BYTES = 200;
