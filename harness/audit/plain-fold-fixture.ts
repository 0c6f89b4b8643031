/**
 * What is obviously in files of IDs, for tests of the readers: whole files in memory, regular expressions, `bigint`, and the
 * parser of JSON that JavaScript has. It shares nothing with the readers but what a refusal means.
 */
import { isUtf8 } from 'node:buffer';
import { crc32, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Verdict } from '../core/verdict.ts';

export interface FoldedFile {
  readonly name: string;
  readonly format: 'u64le' | 'u128le' | 'text' | 'csv' | 'jsonl';
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly bytes: Buffer;
}

export interface FoldQuestion {
  readonly form: 'decimal' | 'uuid' | 'ulid';
  readonly column: string;
  readonly nodeColumn?: string;
  readonly lenient: boolean;
}

/** What one file holds. */
export interface Folded {
  readonly ids: readonly bigint[];
  /** By node, in order. */
  readonly lines: ReadonlyMap<string, readonly bigint[]>;
  /** Records that are none. */
  readonly bad: number;
  /** Unquoted integers of JSON. */
  readonly unquoted: readonly bigint[];
}

/** What an audit has to say. `refused`: exit 2. */
export type Answer = { readonly verdict: Verdict; readonly ids: number; readonly repeated: number } | 'refused';

const RECORD_BYTES_MAX = 1 << 20;

/** Several answers may be right where a file is damaged and the audit lenient: then all that counts is that none is a pass. */
export function answerOf(files: readonly Folded[], lenient: boolean): Answer {
  const bad = files.reduce((sum, file) => sum + file.bad, 0);
  if (bad > 0 && !lenient) return 'refused';
  const ids = files.flatMap((file) => file.ids);
  const repeated = repeatedIn(ids);
  const isRounded = [...files.map(({ unquoted }) => unquoted), files.flatMap(({ unquoted }) => unquoted)].some(rounded);
  const verdict = isRounded ? 'unknown' : repeated > 0 ? 'fail' : bad > 0 || ids.length === 0 ? 'unknown' : 'pass';
  return { verdict, ids: ids.length, repeated };
}

export function repeatedIn(ids: readonly bigint[]): number {
  const seen = new Set<bigint>();
  const repeated = new Set<bigint>();
  for (const id of ids) (seen.has(id) ? repeated : seen).add(id);
  return repeated.size;
}

/** A double holds each of them as it is, although some count within a tick. */
export function rounded(integers: readonly bigint[]): boolean {
  const above = integers.filter((id) => id > 2n ** 53n);
  return above.length >= 64 && above.every((id) => BigInt(Number(id)) === id) && above.some((id) => id % 4096n !== 0n);
}

const NOTHING: Folded = { ids: [], lines: new Map(), bad: 1, unquoted: [] };

export function foldFile(file: FoldedFile, question: FoldQuestion): Folded {
  let { bytes } = file;
  try {
    // By its first bytes, whatever it is called.
    if (bytes.subarray(0, 3).equals(Buffer.from([0x1f, 0x8b, 8]))) bytes = gunzipSync(bytes);
    else if (bytes.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) bytes = zstdDecompressSync(bytes);
  } catch {
    return NOTHING;
  }
  if (file.format === 'u64le' || file.format === 'u128le')
    return foldRaw(bytes, file.format === 'u64le' ? 8 : 16, file.name);
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1'))) return NOTHING;
  // Letters are bytes: what is no ASCII is no part of an ID.
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const fold = { text: foldText, csv: foldCsv, jsonl: foldJsonl }[file.format];
  const { column, nodeColumn } = question;
  const asBytes = { column: latin1(column), ...(nodeColumn !== undefined && { nodeColumn: latin1(nodeColumn) }) };
  return fold(text, { ...question, ...asBytes }, file.name);
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

function foldRaw(bytes: Buffer, length: 8 | 16, name: string): Folded {
  const ids: bigint[] = [];
  for (let at = 0; at + length <= bytes.length; at += length)
    ids.push(
      BigInt(
        `0x${Buffer.from(bytes.subarray(at, at + length))
          .reverse()
          .toString('hex')}`,
      ),
    );
  return { ids, lines: new Map([[name, ids]]), bad: bytes.length % length === 0 ? 0 : 1, unquoted: [] };
}

export function idOf(text: string, form: FoldQuestion['form']): bigint | undefined {
  if (form === 'decimal') {
    const id = /^\d{1,25}$/.test(text) ? BigInt(text) : -1n;
    return id >= 0n && id < 2n ** 64n && String(id) === text ? id : undefined;
  }
  if (form === 'uuid')
    return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$|^[\da-f]{32}$/i.test(text)
      ? BigInt(`0x${text.replaceAll('-', '')}`)
      : undefined;
  if (!/^[0-7][\dABCDEFGHJKMNPQRSTVWXYZ]{25}$/i.test(text)) return undefined;
  return [...text.toUpperCase()].reduce(
    (id, letter) => id * 32n + BigInt('0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(letter)),
    0n,
  );
}

/** Lines, whether the last one is open, and each without its CR. */
function linesOf(text: string): { readonly lines: readonly string[]; readonly isOpen: boolean } {
  const lines = text.split('\n');
  const isOpen = lines.at(-1) !== '';
  if (!isOpen) lines.pop();
  return { lines, isOpen };
}

const isCut = (isLast: boolean, isOpen: boolean, form: string, text: string, longest: number): boolean =>
  isLast && isOpen && form === 'decimal' && text.length < longest;

function foldText(text: string, { form }: FoldQuestion, name: string): Folded {
  const { lines, isOpen } = linesOf(text);
  const ids: bigint[] = [];
  let [bad, longest] = [0, 0];
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const token = isLast && isOpen ? line : line.replace(/\r$/, '');
    const id = line.length > RECORD_BYTES_MAX ? undefined : idOf(token, form);
    if (id === undefined || isCut(isLast, isOpen, form, token, longest)) bad++;
    else {
      ids.push(id);
      longest = Math.max(longest, token.length);
    }
  }
  return { ids, lines: new Map([[name, ids]]), bad, unquoted: [] };
}

function foldJsonl(text: string, { form, column, nodeColumn }: FoldQuestion, name: string): Folded {
  const { lines } = linesOf(text);
  const ids: bigint[] = [];
  const byNode = new Map<string, bigint[]>();
  const unquoted: bigint[] = [];
  let bad = 0;
  if (/^[\s]*\[/.test(lines[0] ?? '')) return NOTHING;
  for (const line of lines) {
    const members = membersOf(line);
    const [value, ...more] = members?.filter(({ key }) => key === column) ?? [];
    const [node, ...moreNodes] = members?.filter(({ key }) => key === nodeColumn) ?? [];
    const isText = typeof value?.value === 'string';
    // As it is written: what JavaScript makes of a number is another one.
    const id =
      value === undefined || more.length > 0 || line.length > RECORD_BYTES_MAX
        ? undefined
        : isText
          ? idOf(value.value, form)
          : form === 'decimal'
            ? idOf(value.source, form)
            : undefined;
    const nodeName = node === undefined ? undefined : nodeNameOf(node);
    if (id === undefined || (nodeColumn !== undefined && (nodeName === undefined || moreNodes.length > 0))) {
      bad++;
      continue;
    }
    ids.push(id);
    const lineName = nodeColumn === undefined ? name : nodeName!;
    byNode.set(lineName, [...(byNode.get(lineName) ?? []), id]);
    if (!isText) unquoted.push(id);
  }
  return { ids, lines: byNode, bad, unquoted };
}

interface Member {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
}

function nodeNameOf({ value, source }: Member): string | undefined {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? source : '';
  return text === '' || text.length > 200 ? undefined : decodedName(text);
}

/** Bytes, each a letter, as the text that they are. */
function decodedName(text: string): string | undefined {
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** The members of an object, doubles among them; undefined: it is none. */
function membersOf(line: string): readonly Member[] | undefined {
  const sources: { readonly holder: unknown; readonly key: string; readonly source: string }[] = [];
  let object: unknown;
  try {
    object = JSON.parse(line, function (this: unknown, key, value, context?: { source?: string }) {
      if (context?.source !== undefined) sources.push({ holder: this, key, source: context.source });
      return value;
    } as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  // A key that is there twice is seen once by the parser: how often it is written at the top is counted apart.
  return Object.entries(object).flatMap(([key, value]) =>
    Array.from({ length: timesAtTop(line, key) }, () => ({
      key,
      value: value as unknown,
      source: sources.find((one) => one.holder === object && one.key === key)?.source ?? '',
    })),
  );
}

function timesAtTop(line: string, key: string): number {
  let depth = 0;
  let times = 0;
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':') && JSON.parse(token.slice(0, -1).trim()) === key) times++;
  }
  return times;
}

function foldCsv(text: string, { form, column, nodeColumn }: FoldQuestion, name: string): Folded {
  const records = recordsOf(text);
  const [header, ...rows] = records;
  if (header === undefined) return { ids: [], lines: new Map(), bad: 0, unquoted: [] };
  const place = (wanted: string): number => {
    const places = header.fields.flatMap((field, index) => (field === wanted ? [index] : []));
    return places.length === 1 ? places[0]! : -1;
  };
  const [id, node] = [place(column), nodeColumn === undefined ? 0 : place(nodeColumn)];
  if (header.isBroken || id < 0 || node < 0) return NOTHING;
  const ids: bigint[] = [];
  const byNode = new Map<string, bigint[]>();
  let [bad, longest] = [0, 0];
  for (const { fields, isBroken, isOpen, lastQuoted, length } of rows) {
    const token = fields[id] ?? '';
    const value =
      isBroken || fields.length !== header.fields.length || length > RECORD_BYTES_MAX ? undefined : idOf(token, form);
    const endsOpen = isOpen && !lastQuoted;
    const nodeName = nodeColumn === undefined ? name : nodeNameOf({ key: '', value: fields[node], source: '' });
    const isLastColumn = id === header.fields.length - 1;
    const cut =
      endsOpen &&
      ((isLastColumn && isCut(true, true, form, token, longest)) ||
        (nodeColumn !== undefined && node === header.fields.length - 1));
    if (value === undefined || nodeName === undefined || cut) bad++;
    else {
      ids.push(value);
      longest = Math.max(longest, token.length);
      byNode.set(nodeName, [...(byNode.get(nodeName) ?? []), value]);
    }
  }
  return { ids, lines: byNode, bad, unquoted: [] };
}

interface CsvRecord {
  readonly fields: readonly string[];
  readonly isBroken: boolean;
  /** No line end behind it. */
  readonly isOpen: boolean;
  readonly lastQuoted: boolean;
  readonly length: number;
}

function recordsOf(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  const field = /("(?:[^"]|"")*"|(?!")[^,\n]*)(,|\r?\n|$)/y;
  let fields: string[] = [];
  let at = 0;
  let began = 0;
  while (at < text.length) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) return [...records, { fields, isBroken: true, isOpen: false, lastQuoted: false, length: 0 }];
    const [whole, token = '', end = ''] = match;
    const isQuoted = token.startsWith('"');
    const ends = end !== ',';
    // What is not in quotes may end in CR, which belongs to the end of the line.
    fields.push(
      isQuoted ? token.slice(1, -1).replaceAll('""', '"') : end.endsWith('\n') ? token.replace(/\r$/, '') : token,
    );
    at += whole.length;
    if (ends || at === text.length) {
      // A comma at the very end opens one more field.
      if (!ends) fields.push('');
      const isOpen = !end.endsWith('\n');
      records.push({ fields, isBroken: false, isOpen, lastQuoted: isQuoted && ends, length: at - began });
      fields = [];
      began = at;
    }
  }
  return records;
}

/** IDs that taps committed, by line; undefined: something in them is not as a node leaves it. */
export function foldTaps(
  files: ReadonlyMap<string, Buffer>,
): { readonly lines: ReadonlyMap<string, readonly bigint[]> } | undefined {
  const segments = [...files.keys()].flatMap((file) => {
    const [, lane, first] = /^(.+-\d+-\d+)-(\d+)\.batches$/.exec(file) ?? [];
    return lane === undefined ? [] : [{ lane, first: Number(first), file }];
  });
  const lines = new Map<string, bigint[]>();
  for (const [lane, ofLane] of Map.groupBy(segments, (segment) => segment.lane)) {
    const ids: bigint[] = [];
    for (const { file } of ofLane.toSorted((a, b) => a.first - b.first)) {
      const batches = files.get(file)!;
      const bytes = files.get(file.replace(/batches$/, 'ids'));
      if (bytes === undefined) return undefined;
      const before = ids.length;
      for (let at = 0; at + 96 <= batches.length; at += 96) {
        const sound =
          batches.readUInt32LE(at) === 0x31424753 &&
          batches.readUInt32LE(at + 4) === crc32(batches.subarray(at + 8, at + 96));
        const count = batches.readUInt32LE(at + 16);
        if (!sound || Number(batches.readBigUInt64LE(at + 8)) !== ids.length) return undefined;
        const from = (ids.length - before) * 8;
        const own = bytes.subarray(from, from + count * 8);
        if (own.length < count * 8) return undefined;
        if ((batches.readUInt32LE(at + 20) & 8) !== 0 && batches.readUInt32LE(at + 60) !== crc32(own)) return undefined;
        for (let k = 0; k < count; k++) ids.push(own.readBigUInt64LE(k * 8));
      }
    }
    if (ids.length > 0) lines.set(lane, ids);
  }
  return { lines };
}
