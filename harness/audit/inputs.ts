/** Looks at each source: what it is, how it is read, how long its IDs are. What is wrong is told, or counted if lenient. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Layout } from '../core/layout.ts';
import { idBitsOf } from '../core/layout.ts';
import type { Address } from '../stores/clickhouse/connection.ts';
import type { WrittenAs } from '../stores/clickhouse/id-columns.ts';
import { ColumnError, writeParquetIds } from '../stores/clickhouse/id-columns.ts';
import type { IdShape, TextForm } from './id-words.ts';
import { hexShape, shapeOf } from './id-words.ts';
import type { Input, ReadInput } from './input.ts';
import type { Format, ProbeQuestion } from './probe.ts';
import { HEAD_BYTES, headOf, probe } from './probe.ts';
import type { RefusalKind } from './refusals.ts';
import type { Source } from './sources.ts';
import { readTaps } from './taps.ts';

export interface InputQuestion {
  readonly format: Format;
  readonly column?: string;
  readonly nodeColumn?: string;
  readonly form?: TextForm;
  readonly signed: boolean;
  readonly lenient: boolean;
  readonly layout?: Layout;
}

export interface InputTools {
  /** For temporary files. */
  readonly folder: string;
  /** Of an engine with the files of this machine; started where it is asked for. */
  engine(): Promise<Address>;
  stdin(): Readable;
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** A source, looked at; its length in bits where it says that by itself. */
export interface LookedAt {
  readonly input: Input;
  readonly idBits?: 64 | 128;
  /** Of a folder of taps: bytes that nobody was answered. */
  readonly tornBytes?: number;
}

/** What cannot be an input at all: told, and the end, or counted. */
class Unfit extends Error {
  readonly kind: RefusalKind;
  readonly remedy: string;
  constructor(kind: RefusalKind, message: string, remedy: string) {
    super(message);
    this.kind = kind;
    this.remedy = remedy;
  }
}

/** Problems come back beside what could be looked at: all of them are told at once. */
export async function lookAt(
  sources: readonly Source[],
  question: InputQuestion,
  tools: InputTools,
): Promise<{ readonly looked: readonly LookedAt[]; readonly problems: readonly Problem[] }> {
  const looked: LookedAt[] = [];
  const problems: Problem[] = [];
  for (const [index, source] of sources.entries()) {
    tools.signal?.throwIfAborted();
    try {
      looked.push(await lookAtOne(source, index, question, tools));
    } catch (error) {
      const unfit = unfitOf(error);
      if (unfit === undefined) throw error;
      if (!question.lenient) problems.push(problem(`${unfit.message}.`, `${unfit.remedy} ${LENIENT}`, source.name));
      else looked.push({ input: unreadInput(source.name, source.size, unfit.kind, unfit.message) });
    }
  }
  return { looked, problems };
}

export const LENIENT = 'With --lenient it is counted, and the verdict is unknown at best.';

/** In place of an input that could not be read. */
export function unreadInput(name: string, bytes: number, kind: RefusalKind, text: string): Input {
  return { what: 'segments', name, format: 'unread', bytes, segments: [], refusals: [{ kind, text }] };
}

function unfitOf(error: unknown): Unfit | undefined {
  if (error instanceof Unfit) return error;
  if (error instanceof ColumnError)
    return new Unfit(
      error.kind,
      sentence(error.message),
      'Correct the file, or what it is read as (--column, --format).',
    );
  // Of Node, about a file that went away or cannot be read.
  if (error instanceof Error && 'code' in error && 'syscall' in error)
    return new Unfit('unreadable', `Cannot be read: ${error.message}`, 'Mend the file or its folder.');
  return undefined;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.$/, '');

async function lookAtOne(source: Source, index: number, question: InputQuestion, tools: InputTools): Promise<LookedAt> {
  if (source.what === 'folder of taps') return tapsInput(source, question, tools);
  if (question.format === 'tap')
    throw new Unfit('not an ID', 'Taps are read by the folder', 'Name the folder that holds .ids and .batches files.');
  return source.what === 'standard input'
    ? streamInput(source, question, tools)
    : fileInput(source, index, question, tools);
}

async function tapsInput(
  { path, name, size }: Source,
  { lenient, nodeColumn }: InputQuestion,
  tools: InputTools,
): Promise<LookedAt> {
  if (nodeColumn !== undefined)
    throw new Unfit('missing column', 'Taps have no columns', 'Leave --node-column out: taps name their nodes.');
  const { idBits, segments, problems, tornBytes } = await readTaps(path, tools.onBytes, tools.signal);
  if (problems.length > 0 && !lenient)
    throw new Unfit(
      'cut off',
      `The taps are not whole: ${problems.slice(0, 3).join('; ')}`,
      'Restore them as the nodes wrote them.',
    );
  const refusals = problems.map((text) => ({ kind: 'cut off' as const, text }));
  return { input: { what: 'segments', name, format: 'tap', bytes: size, segments, refusals }, idBits, tornBytes };
}

async function fileInput(source: Source, index: number, question: InputQuestion, tools: InputTools): Promise<LookedAt> {
  const { path, name, size } = source;
  const head = headOf(path);
  const probed = probe(head, questionOf(name, question));
  if ('detail' in probed) throw new Unfit(probed.kind, sentence(probed.detail), probed.remedy);
  const { format, compression } = probed;
  if (format === 'parquet') {
    if (compression !== 'none')
      throw new Unfit(
        'unreadable',
        `It is Parquet within ${compression}`,
        'Decompress it: Parquet is compressed itself.',
      );
    return parquetInput(source, index, question, tools);
  }
  const idBits = rawBits(format);
  if (idBits !== undefined && question.nodeColumn !== undefined) throw noColumns();
  if (idBits !== undefined && compression === 'none') return rawInput(source, format, idBits, question.lenient);
  const { records, skip, firstId } = probed;
  const input: ReadInput = {
    what: 'read',
    ...{ name, format, compression, path, records: records!, skip, bytes: size },
    ...(compression === 'none' && { size }),
    ...(firstId !== undefined && { firstId }),
  };
  return idBits === undefined ? { input } : { input, idBits };
}

function noColumns(): Unfit {
  return new Unfit('missing column', 'Raw IDs have no columns', 'Leave --node-column out: each file is then one node.');
}

function rawBits(format: string): 64 | 128 | undefined {
  return format === 'u64le' ? 64 : format === 'u128le' ? 128 : undefined;
}

function rawInput({ path, name, size }: Source, format: string, idBits: 64 | 128, lenient: boolean): LookedAt {
  const left = size % (idBits / 8);
  const cut = `Ends in the middle of an ID: ${size} bytes are no multiple of ${idBits / 8}, and ${left} are left over after byte ${size - left}`;
  if (left > 0 && !lenient) throw new Unfit('cut off', cut, 'Copy the file whole, or say another --format.');
  return {
    input: {
      what: 'segments',
      ...{ name, format, bytes: size },
      segments: [{ owner: name, node: name, file: path, byteOffset: 0, count: Math.floor(size / (idBits / 8)) }],
      refusals: left > 0 ? [{ kind: 'cut off', text: cut }] : [],
    },
    idBits,
  };
}

async function parquetInput(
  { path, name, size }: Source,
  index: number,
  question: InputQuestion,
  tools: InputTools,
): Promise<LookedAt> {
  const out = join(tools.folder, `${index}-columns`);
  const { column = 'id', nodeColumn, signed } = question;
  const columns = { column, signed, ...(nodeColumn !== undefined && { nodeColumn }) };
  const address = await tools.engine();
  const writtenAs: WrittenAs = await writeParquetIds(address, path, columns, out, tools.signal);
  tools.onBytes(size);
  const { size: bytes } = await import('node:fs').then(
    ({ statSync }) => statSync(out, { throwIfNoEntry: false }) ?? { size: 0 },
  );
  if (writtenAs === 'raw')
    return {
      input: {
        what: 'segments',
        ...{ name, format: 'parquet', bytes: size },
        segments: [{ owner: name, node: name, file: out, byteOffset: 0, count: bytes / 8 }],
      },
      idBits: 64,
    };
  return { input: rowsInput({ name, format: 'parquet', bytes: size, path: out, size: bytes }, question, headOf(out)) };
}

/** Rows that ClickHouse wrote: the ID first, then its node. */
export function rowsInput(
  facts: Pick<ReadInput, 'name' | 'format' | 'bytes' | 'path'> & { readonly size?: number; readonly source?: Readable },
  { nodeColumn }: Pick<InputQuestion, 'nodeColumn'>,
  head: Buffer,
): ReadInput {
  const firstId = /^"?([^",\n]*)/.exec(head.toString('utf8'))?.[1];
  const hasNodes = nodeColumn !== undefined;
  const columns = { separator: 0x2c, columns: hasNodes ? 2 : 1, id: 0, ...(hasNodes && { node: 1 }) };
  return {
    what: 'read',
    ...facts,
    compression: 'none',
    records: { kind: 'csv', columns, headerLines: 0 },
    skip: 0,
    ...(firstId !== undefined && firstId !== '' && { firstId }),
  };
}

async function streamInput({ name }: Source, question: InputQuestion, tools: InputTools): Promise<LookedAt> {
  const { head, source } = await beginning(tools.stdin());
  const probed = probe(head, questionOf(name, question));
  if ('detail' in probed) throw new Unfit(probed.kind, sentence(probed.detail), probed.remedy);
  const { format, compression, records, skip, firstId } = probed;
  if (format === 'parquet')
    throw new Unfit('unreadable', 'Parquet cannot be read from a stream', 'Write it to a file and name that.');
  const idBits = rawBits(format);
  if (idBits !== undefined && question.nodeColumn !== undefined) throw noColumns();
  const input: ReadInput = {
    what: 'read',
    ...{ name, format, compression, path: name, records: records!, skip, bytes: 0, source },
    ...(firstId !== undefined && { firstId }),
  };
  return idBits === undefined ? { input } : { input, idBits };
}

/** The first bytes of a stream, and all of it. */
export async function beginning(stream: Readable): Promise<{ readonly head: Buffer; readonly source: Readable }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const iterator = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let done = false;
  while (bytes < HEAD_BYTES && !done) {
    const next = await iterator.next();
    done = next.done === true;
    if (next.done === true) break;
    chunks.push(Buffer.from(next.value));
    bytes += next.value.length;
  }
  const head = Buffer.concat(chunks);
  const all = async function* (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    while (!done) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  };
  return { head: head.subarray(0, HEAD_BYTES), source: Readable.from(all(), { objectMode: false }) };
}

/** Standard input of this process. */
export function standardInput(): Readable {
  return createReadStream('', { fd: 0, autoClose: false });
}

function questionOf(name: string, { format, column, nodeColumn }: InputQuestion): ProbeQuestion {
  return {
    name,
    format,
    ...(column !== undefined && { column }),
    ...(nodeColumn !== undefined && { nodeColumn }),
  };
}

/** How all IDs of the audit are written; or why they cannot be judged together. */
export function shapeOfAll(looked: readonly LookedAt[], question: InputQuestion): IdShape | Problem {
  const { layout, form, signed } = question;
  const longDecimals = layout !== undefined && idBitsOf(layout) === 128;
  const read = looked.flatMap(({ input }) => (input.what === 'read' && input.records.kind !== 'raw' ? [input] : []));
  const asked = form === undefined ? undefined : shapeOfForm(form, read, longDecimals);
  const recognised =
    asked ?? read.map(({ firstId }) => shapeOf(firstId ?? '', longDecimals)).find((shape) => shape !== undefined);
  const raw = looked.find(({ idBits }) => idBits !== undefined);
  const shape: IdShape = recognised ?? { form: 'decimal', idBits: raw?.idBits ?? (longDecimals ? 128 : 64) };
  const lengths = looked.flatMap(({ input, idBits }) =>
    idBits !== undefined
      ? [{ name: input.name, idBits }]
      : read.includes(input as ReadInput) && recognised !== undefined
        ? [{ name: input.name, idBits: shape.idBits }]
        : [],
  );
  const other = lengths.find(({ idBits }) => idBits !== shape.idBits);
  if (other !== undefined)
    return problem(
      `IDs of ${other.name} have ${other.idBits} bits, and those of ${lengths.find(({ idBits }) => idBits === shape.idBits)?.name ?? 'others'} ${shape.idBits}.`,
      'Audit them apart: IDs of two lengths are never the same.',
      other.name,
    );
  if (layout !== undefined && lengths.length > 0 && idBitsOf(layout) !== shape.idBits)
    return problem(
      `The layout is of ${idBitsOf(layout)} bits, and the IDs have ${shape.idBits}.`,
      'Give the layout of these IDs, or leave --layout out.',
      '--layout',
    );
  if (signed && (shape.form !== 'decimal' || shape.idBits !== 64))
    return problem(
      `Only decimal IDs of 64 bits have a sign, and these are ${shape.form} of ${shape.idBits}.`,
      'Leave it out.',
      '--signed',
    );
  return { ...shape, ...(signed && { signed }) };
}

function shapeOfForm(form: TextForm, read: readonly ReadInput[], longDecimals: boolean): IdShape {
  if (form === 'decimal') return { form, idBits: longDecimals ? 128 : 64 };
  if (form !== 'hex') return { form, idBits: 128 };
  const first = read.map(({ firstId }) => hexShape(firstId ?? '')).find((shape) => shape !== undefined);
  return first ?? { form, idBits: 64, hexDigits: 16 };
}
