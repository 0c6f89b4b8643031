/** What the parsers of records (a line, a row, a JSON object) have in common. */
import type { IdWords } from '../id-words.ts';
import type { RefusalKind } from '../refusals.ts';

/** Takes bytes apart that hold records, block by block. */
export interface RecordParser {
  /** Lines that were read so far: those of refused records, too. */
  readonly lines: number;
  /** Of parsers whose last ID an end without an end of line may have cut. */
  readonly last?: LastId;
  /**
   * Reads whole records. Returns where the first byte stands that belongs to none yet; with `last` no more bytes follow,
   * and it is `to`.
   */
  parse(bytes: Uint8Array, from: number, to: number, last: boolean): number;
  /** The record that begins these bytes is longer than a record may be: refuses it; returns where to read on. */
  tooLong(bytes: Uint8Array, from: number, to: number): number;
}

/** Where parsers bring what they read. */
export interface RecordTarget {
  /** The words of the ID are in the `IdWords` that both know. `unquoted`: it stood as a number, not as a text. */
  taken(unquoted: boolean): void;
  /** The node of the next ID; false: the bytes are no text. */
  node(bytes: Uint8Array, from: number, to: number): boolean;
  /** Something that is no ID; `line` from 1 on. Throws where that ends the reading. */
  refused(kind: RefusalKind, line: number, bytes: Uint8Array, from: number, to: number): void;
}

export interface ParserParts {
  readonly words: IdWords;
  readonly target: RecordTarget;
  /** Where lengths tell whether an ID was cut off: decimal IDs have no length of their own. */
  readonly isDecimal: boolean;
  /** Of the IDs in front of what is read. */
  readonly longestBefore: number;
}

export const LF = 0x0a;
export const CR = 0x0d;

/**
 * Whether the end of a file without an end of line may have cut its last ID: it is shorter than another one. An ID of a
 * given length that was cut is none at all.
 */
export class LastId {
  /** Letters of the longest ID. */
  longest: number;
  /** Letters of the last one, where no end of line stood behind it; else 0. */
  open = 0;

  constructor(longestBefore: number) {
    this.longest = longestBefore;
  }

  saw(length: number, isOpen: boolean): void {
    if (length > this.longest) this.longest = length;
    if (isOpen) this.open = length;
  }

  mayBeCut(length: number): boolean {
    return length < this.longest;
  }
}

/** The end of a line that begins at `from`: of its LF, or `to`. */
export function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && bytes[end] !== LF) end++;
  return end;
}

export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) if (bytes[at] === LF) lines++;
  return lines;
}
