/** Rows of comma-separated values as RFC 4180 has them, read behind their header; any other separator likewise. */
import type { ParserParts, RecordParser } from './record-parser.ts';
import { countLines, CR, LastId, LF, lineEnd } from './record-parser.ts';

/** What the header of a file says. */
export interface CsvColumns {
  /** The byte between fields. */
  readonly separator: number;
  readonly columns: number;
  /** Positions from 0 on. */
  readonly id: number;
  readonly node?: number;
}

const QUOTE = 0x22;

export class CsvParser implements RecordParser {
  lines: number;
  readonly last: LastId;
  readonly #parts: ParserParts;
  readonly #columns: CsvColumns;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #skips = false;

  /** `linesBefore`: those of the header. */
  constructor(parts: ParserParts, columns: CsvColumns, linesBefore = 0) {
    this.#parts = parts;
    this.last = new LastId(parts.longestBefore);
    this.#columns = columns;
    this.lines = linesBefore;
    this.#starts = new Int32Array(columns.columns);
    this.#ends = new Int32Array(columns.columns);
  }

  parse(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    let at = from;
    while (at < to) {
      if (this.#skips) {
        const end = lineEnd(bytes, at, to);
        if (end === to && !last) return to;
        this.#skips = false;
        this.lines++;
        at = end + 1;
        continue;
      }
      const end = this.#row(bytes, at, to, last);
      if (end < 0) return at;
      at = end;
    }
    return to;
  }

  tooLong(bytes: Uint8Array, from: number, to: number): number {
    this.#parts.target.refused('too long', this.lines + 1, bytes, from, to);
    const end = lineEnd(bytes, from, to);
    if (end < to) {
      this.lines++;
      return end + 1;
    }
    this.#skips = true;
    return to;
  }

  /** Where the next row begins; −1: this one is not whole yet. */
  #row(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    const { separator, columns } = this.#columns;
    const starts = this.#starts;
    const ends = this.#ends;
    let at = from;
    let field = 0;
    for (;;) {
      let start = at;
      let end: number;
      if (at < to && bytes[at] === QUOTE) {
        start = ++at;
        for (;;) {
          while (at < to && bytes[at] !== QUOTE) at++;
          if (at >= to) return last ? this.#refuseLine('bad quotes', bytes, from, to) : -1;
          if (at + 1 < to && bytes[at + 1] === QUOTE) at += 2;
          else break;
        }
        // Whether a quote follows this one is in the next block.
        if (at + 1 >= to && !last) return -1;
        end = at++;
        if (at < to && bytes[at] === CR && at + 1 >= to && !last) return -1;
        const isCrLf = at + 1 < to && bytes[at] === CR && bytes[at + 1] === LF;
        if (at < to && bytes[at] !== separator && bytes[at] !== LF && !isCrLf)
          return this.#refuseLine('bad quotes', bytes, from, to);
        if (isCrLf) at++;
      } else {
        while (at < to && bytes[at] !== separator && bytes[at] !== LF) at++;
        end = at;
      }
      if (field < columns) {
        starts[field] = start;
        ends[field] = end;
      }
      field++;
      if (at < to && bytes[at] === separator) {
        at++;
        continue;
      }
      const isWhole = at < to;
      if (!isWhole && !last) return -1;
      if (field <= columns && end === at && isWhole && end > start && bytes[end - 1] === CR) ends[field - 1] = end - 1;
      this.#take(bytes, from, at, field, isWhole);
      return isWhole ? at + 1 : to;
    }
  }

  #take(bytes: Uint8Array, from: number, rowEnd: number, fields: number, isWhole: boolean): void {
    const { words, target, isDecimal } = this.#parts;
    const { columns, id, node } = this.#columns;
    const line = this.lines + 1;
    this.lines += isWhole ? 1 + countLinesOf(bytes, from, rowEnd, this.#starts, this.#ends, fields) : 0;
    if (fields !== columns) {
      const isBlank = rowEnd === from || (rowEnd === from + 1 && bytes[from] === CR);
      const kind = isBlank ? 'empty' : 'other columns';
      return target.refused(isWhole ? kind : 'cut off', line, bytes, from, rowEnd);
    }
    const start = this.#starts[id]!;
    const end = this.#ends[id]!;
    if (!words.read(bytes, start, end)) {
      const kind = !isWhole && !isDecimal && id === columns - 1 ? 'cut off' : words.whyNot(bytes, start, end);
      return target.refused(kind, line, bytes, start, end);
    }
    // A field in quotes that end is whole.
    const isOpen = !isWhole && bytes[rowEnd - 1] !== QUOTE;
    if (isOpen && (node === columns - 1 || (id === columns - 1 && isDecimal && this.last.mayBeCut(end - start))))
      return target.refused('cut off', line, bytes, from, rowEnd);
    if (node !== undefined && !this.#takeNode(bytes, from, this.#starts[node]!, this.#ends[node]!))
      return target.refused('no node', line, bytes, from, rowEnd);
    this.last.saw(end - start, isOpen && id === columns - 1 && isDecimal);
    target.taken(false);
  }

  #takeNode(bytes: Uint8Array, rowFrom: number, from: number, to: number): boolean {
    if (from === to) return false;
    const { target } = this.#parts;
    const isQuoted = from > rowFrom && bytes[from - 1] === QUOTE;
    if (!isQuoted || !bytes.subarray(from, to).includes(QUOTE)) return target.node(bytes, from, to);
    const text = Buffer.from(Buffer.from(bytes.subarray(from, to)).toString('latin1').replaceAll('""', '"'), 'latin1');
    return target.node(text, 0, text.length);
  }

  /** A quote that nothing closes would take all lines behind it along: the next line is tried by itself. */
  #refuseLine(kind: 'bad quotes', bytes: Uint8Array, from: number, to: number): number {
    const end = lineEnd(bytes, from, to);
    this.#parts.target.refused(kind, this.lines + 1, bytes, from, end);
    this.lines++;
    return Math.min(to, end + 1);
  }
}

/** Line feeds within the quoted fields of a row. */
function countLinesOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  starts: Int32Array,
  ends: Int32Array,
  fields: number,
): number {
  // Most rows have no quotes; those alone may hold a line feed.
  for (let field = 0; field < Math.min(fields, starts.length); field++)
    if (starts[field]! > from && bytes[starts[field]! - 1] === QUOTE && ends[field]! > starts[field]!)
      return countLines(bytes, from, to);
  return fields > starts.length ? countLines(bytes, from, to) : 0;
}

/** The fields of a header line, its quotes taken off; undefined: its quotes do not match. */
export function headerFields(line: string, separator: string): readonly string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(line.slice(at));
    const text = quoted?.[1]?.replaceAll('""', '"') ?? line.slice(at).split(separator)[0] ?? '';
    at += quoted?.[0].length ?? text.length;
    fields.push(text);
    if (at >= line.length) return fields;
    if (line[at] !== separator) return undefined;
    at++;
  }
}
