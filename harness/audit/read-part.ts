/** Reads one input, or a range of one, and writes its IDs as raw segments. Bounded memory, whatever the input. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { messageOf } from '../core/errors.ts';
import type { Layout } from '../core/layout.ts';
import { decompressed } from './decompressed.ts';
import type { CsvColumns } from './formats/csv.ts';
import { CsvParser } from './formats/csv.ts';
import { JsonlParser } from './formats/jsonl.ts';
import { RawParser } from './formats/raw.ts';
import type { RecordParser } from './formats/record-parser.ts';
import { LF } from './formats/record-parser.ts';
import { TextParser } from './formats/text.ts';
import type { IdShape } from './id-words.ts';
import { IdWords } from './id-words.ts';
import { PartWriter, RefusedError } from './part-writer.ts';
import type { Part } from './part.ts';

export type RecordFormat =
  | { readonly kind: 'raw' }
  | { readonly kind: 'text' }
  | { readonly kind: 'csv'; readonly columns: CsvColumns; readonly headerLines: number }
  | { readonly kind: 'jsonl'; readonly column: string; readonly nodeColumn?: string };

export type Compression = 'none' | 'gzip' | 'zstd';

/** What a thread is asked to read: plain data. */
export interface PartTask {
  /** A path. */
  readonly file: string;
  readonly compression: Compression;
  /** Bytes at the front that are no record: a byte-order mark, a header; of a range, what lies before it. */
  readonly from: number;
  /** Where a range ends: with the record that reaches it. Left out: the end of the stream. */
  readonly to?: number;
  /** The size that the file had when it was looked at. */
  readonly size?: number;
  /** Whether records begin at `from`; else behind the first end of line from there on. */
  readonly atRecord: boolean;
  readonly format: RecordFormat;
  readonly shape: IdShape;
  readonly layout?: Layout;
  readonly lenient: boolean;
  /** Letters of the longest ID in front of the range. */
  readonly longestBefore?: number;
  /** The file of raw IDs to write. */
  readonly out: string;
}

/** Longer lines are refused: nobody writes an ID in a million letters. */
export const RECORD_BYTES_MAX = 1 << 20;
const BLOCK_BYTES = 1 << 20;

/**
 * Throws a RefusedError for the first thing that is no ID, unless the task is lenient. `source`: what is read in place of
 * the file. `onBytes`: bytes read, as they lie on disk.
 */
export async function readPart(
  task: PartTask,
  onBytes: (bytes: number) => void = () => undefined,
  source?: Readable,
): Promise<Part> {
  const words = new IdWords(task.shape);
  const writer = new PartWriter({
    file: task.out,
    idBits: task.shape.idBits,
    hasNodes: hasNodes(task.format),
    lenient: task.lenient,
    words,
    ...(task.layout !== undefined && { layout: task.layout }),
  });
  const parser = parserOf(task, words, writer);
  // A small file takes no more than it has.
  const feeder = new Feeder(
    parser,
    Math.min(RECORD_BYTES_MAX + BLOCK_BYTES, isStream(task, source) ? Infinity : task.size!),
  );
  try {
    const range = isStream(task, source)
      ? { from: task.from, to: await readStream(task, feeder, onBytes, source) }
      : readRange(task as PartTask & { readonly size: number }, feeder, onBytes);
    return writer.end(parser, range.from, range.to);
  } catch (error) {
    if (!task.lenient || error instanceof RefusedError || !isReadError(error)) {
      writer.close();
      throw isReadError(error) ? unreadable(error, parser.lines) : error;
    }
    // What was read until then was read rightly.
    const message = Buffer.from(messageOf(error));
    writer.refused('unreadable', parser.lines + 1, message, 0, message.length);
    return writer.end(parser, task.from, task.to ?? task.size ?? 0);
  }
}

function isStream({ size, compression }: PartTask, source: Readable | undefined): boolean {
  return size === undefined || compression !== 'none' || source !== undefined;
}

/** Errors of files and of decompression have codes; ours have none. */
function isReadError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof RefusedError) && 'code' in error;
}

function unreadable(error: unknown, lines: number): RefusedError {
  return new RefusedError({ kind: 'unreadable', line: lines + 1, text: messageOf(error) });
}

function hasNodes(format: RecordFormat): boolean {
  if (format.kind === 'csv') return format.columns.node !== undefined;
  return format.kind === 'jsonl' && format.nodeColumn !== undefined;
}

function parserOf({ format, shape, longestBefore = 0 }: PartTask, words: IdWords, target: PartWriter): RecordParser {
  const parts = { words, target, isDecimal: shape.form === 'decimal', longestBefore };
  switch (format.kind) {
    case 'raw':
      return new RawParser(words, target, shape.idBits);
    case 'text':
      return new TextParser(parts);
    case 'csv':
      return new CsvParser(parts, format.columns, format.headerLines);
    case 'jsonl':
      return new JsonlParser(parts, format.column, format.nodeColumn);
  }
}

/** Keeps what is left of a record from block to block. */
class Feeder {
  /** Free from `kept` on. */
  readonly buffer: Buffer;
  kept = 0;
  readonly #parser: RecordParser;

  constructor(parser: RecordParser, bytes: number) {
    this.buffer = Buffer.allocUnsafe(bytes);
    this.#parser = parser;
  }

  /** Takes `added` bytes behind those that were kept. */
  take(added: number, last: boolean): void {
    const end = this.kept + added;
    let at = this.#parser.parse(this.buffer, 0, end, last);
    while (end - at > RECORD_BYTES_MAX) {
      at = this.#parser.tooLong(this.buffer, at, end);
      at = this.#parser.parse(this.buffer, at, end, last);
    }
    this.buffer.copyWithin(0, at, end);
    this.kept = end - at;
  }
}

/** The bytes of a stream, and how many there were. */
async function readStream(
  task: PartTask,
  feeder: Feeder,
  onBytes: (bytes: number) => void,
  source?: Readable,
): Promise<number> {
  const file = source ?? createReadStream(task.file, { highWaterMark: BLOCK_BYTES });
  const raw = told(file, onBytes);
  const stream = task.compression === 'none' ? raw : decompressed(raw, task.compression);
  let position = 0;
  try {
    for await (const chunk of stream) {
      let at = Math.min(chunk.length, Math.max(0, task.from - position));
      position += chunk.length;
      while (at < chunk.length) {
        const added = Math.min(BLOCK_BYTES, chunk.length - at);
        chunk.copy(feeder.buffer, feeder.kept, at, at + added);
        feeder.take(added, false);
        at += added;
      }
    }
  } finally {
    file.destroy();
  }
  feeder.take(0, true);
  return position;
}

async function* told(file: Readable, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of file as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}

class ShrunkError extends Error {
  readonly code = 'SHRUNK';
}

/** A range of a file: from its first record to the end of the one that reaches its end. */
function readRange(
  task: PartTask & { readonly size: number },
  feeder: Feeder,
  onBytes: (bytes: number) => void,
): { readonly from: number; readonly to: number } {
  const { size, to = size } = task;
  const fd = openSync(task.file, 'r');
  let position = task.from;
  const read = (bytes: number): number => {
    const got = readSync(fd, feeder.buffer, feeder.kept, bytes, position);
    if (got === 0) throw new ShrunkError(`it has ended after ${position} of ${size} bytes, while it was read`);
    position += got;
    onBytes(got);
    return got;
  };
  try {
    const from = task.atRecord ? task.from : behindLineFeed(fd, task.from - 1, size);
    position = from;
    // A long line may lie over the whole range: then none begins in it.
    if (from >= to && to < size) return { from, to: from };
    while (position < to) {
      const got = read(Math.min(BLOCK_BYTES, to - position));
      feeder.take(got, position === size);
    }
    if (from === size) feeder.take(0, true);
    // The record that reaches the end of the range, to the end of its line; one in quotes may go on for many.
    for (let ahead = 0; feeder.kept > 0 && position < size; ahead = 2 * ahead + 1024) {
      const end = behindLineFeed(fd, position + ahead, size);
      while (position < end) feeder.take(read(Math.min(BLOCK_BYTES, end - position)), position === size);
    }
    return { from, to: position };
  } finally {
    closeSync(fd);
  }
}

/** The position behind the first line feed at or after this one; `size`: there is none. */
function behindLineFeed(fd: number, position: number, size: number): number {
  const block = Buffer.allocUnsafe(Math.max(0, Math.min(1 << 16, size - position)));
  for (let at = position; at < size;) {
    const got = readSync(fd, block, 0, Math.min(block.length, size - at), at);
    if (got === 0) return size;
    const found = block.subarray(0, got).indexOf(LF);
    if (found >= 0) return at + found + 1;
    at += got;
  }
  return size;
}
