/** One ID a line, and nothing else. */
import type { ParserParts, RecordParser } from './record-parser.ts';
import { CR, LastId, lineEnd } from './record-parser.ts';

export class TextParser implements RecordParser {
  lines = 0;
  readonly last: LastId;
  readonly #parts: ParserParts;
  /** Inside of a line that is too long. */
  #skips = false;

  constructor(parts: ParserParts) {
    this.#parts = parts;
    this.last = new LastId(parts.longestBefore);
  }

  parse(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    const { words, target, isDecimal } = this.#parts;
    let at = from;
    while (at < to) {
      const end = lineEnd(bytes, at, to);
      const isWhole = end < to;
      if (!isWhole && !last) return at;
      if (isWhole) this.lines++;
      const textEnd = isWhole && end > at && bytes[end - 1] === CR ? end - 1 : end;
      if (this.#skips) this.#skips = false;
      else if (!words.read(bytes, at, textEnd)) {
        const kind = !isWhole && !isDecimal ? 'cut off' : words.whyNot(bytes, at, textEnd);
        target.refused(kind, this.#line(isWhole), bytes, at, textEnd);
      } else if (isWhole || !isDecimal || !this.last.mayBeCut(textEnd - at)) {
        this.last.saw(textEnd - at, !isWhole && isDecimal);
        target.taken(false);
      } else target.refused('cut off', this.#line(isWhole), bytes, at, textEnd);
      at = end + 1;
    }
    return to;
  }

  tooLong(bytes: Uint8Array, from: number, to: number): number {
    if (!this.#skips) this.#parts.target.refused('too long', this.lines + 1, bytes, from, to);
    this.#skips = true;
    return to;
  }

  #line(isWhole: boolean): number {
    return isWhole ? this.lines : this.lines + 1;
  }
}
