/** What an input is, by its name and its first bytes: compression, format, header, and how its IDs are written. */
import { closeSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { firstOf } from '../core/phrases.ts';
import type { CsvColumns } from './formats/csv.ts';
import { headerFields } from './formats/csv.ts';
import type { RefusalKind } from './refusals.ts';
import type { Compression, RecordFormat } from './read-part.ts';

export const FORMATS = ['auto', 'u64le', 'u128le', 'text', 'csv', 'jsonl', 'parquet', 'tap'] as const;
export type Format = (typeof FORMATS)[number];
export type FileFormat = Exclude<Format, 'auto' | 'tap'>;

/** What a file is taken for. */
export interface Probed {
  readonly compression: Compression;
  readonly format: FileFormat;
  /** How its records are read; of Parquet by the engine. */
  readonly records?: RecordFormat;
  /** Bytes in front of the first record. */
  readonly skip: number;
  /** The text of the first ID, where there is one: its shape tells that of all. */
  readonly firstId?: string;
}

/** Why a file cannot be read as one of IDs at all. */
export interface Unprobed {
  readonly kind: RefusalKind;
  readonly detail: string;
  readonly remedy: string;
}

export interface ProbeQuestion {
  readonly name: string;
  readonly format: Format;
  readonly column?: string;
  readonly nodeColumn?: string;
}

/** Of the columns that are there, where the one that was asked for is not; a name may be a whole file. */
const NAMES_SHOWN = 12;
const NAME_SHOWN = 100;
/** As much is looked at; decompressed as much again and more. */
export const HEAD_BYTES = 1 << 16;
const USUAL_COLUMN = 'id';
const SEPARATORS = [',', '\t', ';', '|'] as const;

const BY_ENDING: Readonly<Record<string, FileFormat>> = {
  '.u64': 'u64le',
  '.u64le': 'u64le',
  '.ids': 'u64le',
  '.u128': 'u128le',
  '.u128le': 'u128le',
  '.txt': 'text',
  '.text': 'text',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
  '.parquet': 'parquet',
};
const COMPRESSIONS: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.zst': 'zstd', '.zstd': 'zstd' };

/** Whether a file of that name would be read as one of IDs, whatever is in it. */
export const isNamedAsIds = (name: string): boolean =>
  BY_ENDING[extname(name).toLowerCase()] !== undefined || COMPRESSIONS[extname(name)] !== undefined;

/** The first bytes of a file. */
export function headOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}

export function probe(head: Buffer, question: ProbeQuestion): Probed | Unprobed {
  const compression = compressionOf(head);
  // Compressed or not is told by the bytes, its format by the name below.
  const named = compression === 'none' || COMPRESSIONS[extname(question.name)] === undefined;
  const ending = extname(named ? question.name : question.name.slice(0, -extname(question.name).length));
  const bytes = compression === 'none' ? head : decompressed(head, compression);
  if (bytes === undefined)
    return {
      kind: 'unreadable',
      detail: `it begins as ${compression} and cannot be decompressed`,
      remedy: 'Decompress it to see where it is damaged.',
    };
  const asked = question.format === 'tap' ? undefined : question.format;
  const format = asked === undefined || asked === 'auto' ? guess(bytes, ending.toLowerCase()) : asked;
  if (format === undefined)
    return {
      kind: 'not an ID',
      detail: 'its format cannot be told, neither from its name nor from its first bytes',
      remedy: `Say --format, one of ${FORMATS.slice(1).join(', ')}.`,
    };
  if (format !== asked && isRaw(format) && DIGITS.test(bytes.toString('latin1')))
    return {
      kind: 'not an ID',
      detail: 'its name is that of raw IDs, and it begins with lines of digits',
      remedy: `Say --format text, or --format ${format} where its bytes are IDs all the same.`,
    };
  return { compression, format, ...beginning(bytes, format, question) };
}

const DIGITS = /^[0-9\r\n]+$/;
const isRaw = (format: FileFormat): boolean => format === 'u64le' || format === 'u128le';

function compressionOf(head: Buffer): Compression {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2f_b528 ? 'zstd' : 'none';
}

/** As much of it as there is: its end is missing. Undefined: not even that. */
function decompressed(head: Buffer, compression: 'gzip' | 'zstd'): Buffer | undefined {
  try {
    return compression === 'gzip' ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : ofAllFrames(head);
  } catch {
    return undefined;
  }
}

interface Decompressed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Node stops behind the first frame; it may be an empty one. */
function ofAllFrames(head: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < head.length;) {
    const options = { finishFlush: constants.ZSTD_e_flush, info: true };
    // Its types do not know of `info`.
    const { buffer, engine } = zstdDecompressSync(head.subarray(at), options) as unknown as Decompressed;
    frames.push(buffer);
    if (engine.bytesWritten === 0) break;
    at += engine.bytesWritten;
  }
  return Buffer.concat(frames);
}

function guess(bytes: Buffer, ending: string): FileFormat | undefined {
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const byEnding = BY_ENDING[ending];
  if (byEnding !== undefined) return byEnding;
  // An empty one is empty in any format.
  if (bytes.length === 0) return 'text';
  const first = bytes.subarray(markLength(bytes)).toString('utf8').split('\n')[0]!.trim();
  if (first.startsWith('{')) return 'jsonl';
  // Bytes that happen to be letters are not told from text: what has others is no text.
  if (/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(bytes.toString('utf8', 0, Math.min(bytes.length, 4096) & ~3)))
    return undefined;
  if (/^[\w-]+$/.test(first) && /\d/.test(first)) return 'text';
  return SEPARATORS.some((separator) => first.includes(separator)) || /^"?[\w.-]+"?$/.test(first) ? 'csv' : undefined;
}

/** Bytes of a byte-order mark. */
function markLength(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

type Beginning = Pick<Probed, 'records' | 'skip' | 'firstId'> | Unprobed;

function beginning(bytes: Buffer, format: FileFormat, question: ProbeQuestion): Beginning {
  if (format === 'parquet') return { skip: 0 };
  if (isRaw(format)) return { records: { kind: 'raw' }, skip: 0 };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return {
      kind: 'not an ID',
      detail: 'it is UTF-16',
      remedy: 'Convert it: iconv -f UTF-16 -t UTF-8.',
    };
  const skip = markLength(bytes);
  const text = bytes.subarray(skip).toString('utf8');
  const lines = text.split(/\r?\n/);
  const { column = USUAL_COLUMN, nodeColumn } = question;
  if (format === 'text')
    return nodeColumn === undefined
      ? withFirst({ records: { kind: 'text' }, skip }, lines[0])
      : noColumns('text has no columns, and so no node column');
  if (format === 'jsonl') {
    if (lines[0]?.trimStart().startsWith('[') === true)
      return {
        kind: 'not JSON',
        detail: 'it is an array of JSON and not one object a line',
        remedy: "Write one a line: jq -c '.[]' FILE; --column names the member that is the ID.",
      };
    const records = { kind: 'jsonl', column, ...(nodeColumn !== undefined && { nodeColumn }) } as const;
    return withFirst({ records, skip }, memberOf(lines[0] ?? '', column));
  }
  return csvBeginning(bytes, skip, lines, column, nodeColumn);
}

function noColumns(detail: string): Unprobed {
  return { kind: 'missing column', detail, remedy: 'Leave --node-column out: each file is then one node.' };
}

function withFirst(
  begun: Pick<Probed, 'records' | 'skip'>,
  firstId: string | undefined,
): Pick<Probed, 'records' | 'skip' | 'firstId'> {
  return firstId === undefined || firstId === '' ? begun : { ...begun, firstId };
}

function memberOf(line: string, column: string): string | undefined {
  try {
    // Only its shape counts here, which rounding does not change.
    const value = (JSON.parse(line) as Record<string, unknown>)[column];
    return typeof value === 'string' ? value : typeof value === 'number' ? '0' : undefined;
  } catch {
    return undefined;
  }
}

function csvBeginning(
  bytes: Buffer,
  skip: number,
  lines: readonly string[],
  column: string,
  nodeColumn: string | undefined,
): Beginning {
  const header = lines[0]!;
  // Without a line end in sight the header is longer than anybody's, or all there is.
  if (header === '' && lines.length === 1) return { records: { kind: 'text' }, skip };
  const hasHeader = !/^\d+$/.test(column);
  // Taken for a name, a number in the first row of data would lose that row, and might read another column.
  if (!hasHeader && headerHas(header, column))
    return {
      kind: 'missing column',
      detail: `nobody can tell whether ${column} is the name of a column or its number: it stands in the first line`,
      remedy: 'Put a line of other names in front, and give --column (and --node-column) the one that is meant.',
    };
  for (const separator of separatorsFor(header)) {
    const fields = headerFields(header, separator);
    if (fields === undefined) continue;
    const place = (name: string): number =>
      hasHeader ? onlyPlace(fields, name) : Number(name) >= 1 && Number(name) <= fields.length ? Number(name) - 1 : -1;
    const id = place(column);
    const node = nodeColumn === undefined ? undefined : place(nodeColumn);
    if (id < 0 || (node !== undefined && node < 0)) continue;
    const columns: CsvColumns = {
      separator: separator.charCodeAt(0),
      columns: fields.length,
      id,
      ...(node !== undefined && { node }),
    };
    const records = { kind: 'csv', columns, headerLines: hasHeader ? 1 : 0 } as const;
    const headerEnd = bytes.indexOf(0x0a, skip);
    const firstRow = headerFields((hasHeader ? lines[1] : header) ?? '', separator);
    return withFirst(
      { records, skip: hasHeader ? (headerEnd < 0 ? bytes.length : headerEnd + 1) : skip },
      firstRow?.[id],
    );
  }
  const fields = separatorsFor(header).map((separator) => headerFields(header, separator) ?? []);
  const names = fields.reduce((most, some) => (some.length > most.length ? some : most), [header]);
  const lacking = [column, ...(nodeColumn === undefined ? [] : [nodeColumn])].filter((name) => !names.includes(name));
  const twice = names.length !== new Set(names).size;
  return {
    kind: 'missing column',
    detail: `its header has ${twice ? 'a column twice' : `no column ${lacking.join(' and no column ')}`}: it has ${firstOf(
      names.map((name) => name.slice(0, NAME_SHOWN)),
      NAMES_SHOWN,
    )}`,
    remedy: 'Name the column with --column (and --node-column); without a header, by its number from 1 on.',
  };
}

/** Twice the same name is no name. */
function onlyPlace(fields: readonly string[], name: string): number {
  return fields.indexOf(name) === fields.lastIndexOf(name) ? fields.indexOf(name) : -1;
}

function headerHas(header: string, column: string): boolean {
  return separatorsFor(header).some((separator) => headerFields(header, separator)?.includes(column) === true);
}

/** A header of one column has no separator; any would do. */
function separatorsFor(header: string): readonly string[] {
  const there = SEPARATORS.filter((separator) => header.includes(separator));
  return there.length === 0 ? [','] : there;
}
