/** Brings all inputs of an audit to raw segments: raw files as they are, all else read into a folder for temporary files. */
import { join } from 'node:path';
import type { Segment } from '../exact/segment.ts';
import type { Layout } from '../core/layout.ts';
import type { IdShape } from './id-words.ts';
import type { Input, ReadInput } from './input.ts';
import type { Neighbours, Part, Refusal } from './part.ts';
import type { PartTask } from './read-part.ts';
import { readPart } from './read-part.ts';
import type { Roundness } from './rounding.ts';
import { isRounded, together } from './rounding.ts';
import type { WorkOptions } from './work.ts';
import { failureOf, WorkError, workOn } from './work.ts';

/** A line of order: what its IDs are called by, and who minted them. */
export interface Owner {
  readonly name: string;
  /** The node: of taps, several lines may be of one. */
  readonly node: string;
}

export interface GatheredInput {
  readonly name: string;
  readonly format: string;
  readonly compression?: string;
  readonly bytes: number;
  readonly ids: number;
}

/** What was no ID, in an input. */
export interface InputRefusal extends Refusal {
  readonly input: string;
  /** Whether `line` is one; else nothing has lines there. */
  readonly hasLines: boolean;
}

export interface Gathered {
  readonly owners: readonly Owner[];
  readonly segments: readonly Segment[];
  readonly inputs: readonly GatheredInput[];
  readonly refusals: ReadonlyMap<Refusal['kind'], number>;
  /** The first of them. */
  readonly shown: readonly InputRefusal[];
  /** What the unquoted integers of JSON were, where they were rounded. */
  readonly rounded: Roundness | undefined;
  /** Names of inputs that were rounded; empty: only all of them together show it. */
  readonly roundedInputs: readonly string[];
  /** By node, where rows of several alternate in an order that is not that of their IDs. */
  readonly neighbours: ReadonlyMap<string, Neighbours>;
}

/** Something in an input that is no ID: the audit ends there. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly refusal: InputRefusal;
  constructor(refusal: InputRefusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

export interface GatherOptions extends WorkOptions {
  readonly folder: string;
  readonly shape: IdShape;
  readonly layout?: Layout;
  readonly lenient: boolean;
  /** Files of more than two ranges are read range by range, side by side. */
  readonly rangeBytes?: number;
}

const RANGE_BYTES = 1 << 25;
const SHOWN_MAX = 10;

export async function gather(inputs: readonly Input[], options: GatherOptions): Promise<Gathered> {
  const parts = await readAll(inputs, options);
  const gathering = new Gathering(options.shape.idBits);
  for (const [index, input] of inputs.entries()) gathering.add(input, parts[index]!);
  return gathering.end();
}

/** The parts of each input; of raw files none. */
async function readAll(inputs: readonly Input[], options: GatherOptions): Promise<readonly (readonly Part[])[]> {
  const tasks = inputs.flatMap((input, index) =>
    input.what === 'read' && input.source === undefined ? tasksOf(input, index, options) : [],
  );
  const done = await workOn(
    'read',
    tasks.map(({ task }) => task),
    options,
  );
  const all: Part[][] = inputs.map(() => []);
  for (const [index, input] of inputs.entries()) {
    if (input.what !== 'read') continue;
    if (input.source !== undefined) {
      const part = await readPart(taskOf(input, `${index}`, options), options.onBytes, input.source).catch(
        (error: unknown) => new WorkError(failureOf(error)),
      );
      if (part instanceof WorkError) throw told(part, input, 0);
      all[index]!.push(part);
    } else {
      const mine = tasks.flatMap(({ input: of, task }, at) => (of === index ? [{ task, result: done[at]! }] : []));
      all[index]!.push(...(await inOneLine(input, mine, options)));
    }
    options.signal?.throwIfAborted();
  }
  return all;
}

function taskOf(input: ReadInput, name: string, { folder, shape, layout, lenient }: GatherOptions): PartTask {
  const { path, compression, skip, size, records } = input;
  return {
    file: path,
    compression,
    from: skip,
    ...(compression === 'none' && size !== undefined && { size }),
    atRecord: true,
    format: records,
    shape,
    ...(layout !== undefined && { layout }),
    lenient,
    out: join(folder, name),
  };
}

/** One, or one a range: where ranges of records meet is found out by who reads them. */
function tasksOf(
  input: ReadInput,
  index: number,
  options: GatherOptions,
): readonly { readonly input: number; readonly task: PartTask }[] {
  const whole = taskOf(input, `${index}`, options);
  const { size } = whole;
  const { rangeBytes = RANGE_BYTES } = options;
  if (size === undefined || size <= 2 * rangeBytes || input.records.kind === 'raw')
    return [{ input: index, task: whole }];
  const ranges = Math.ceil(size / rangeBytes);
  return Array.from({ length: ranges }, (_, range) => {
    const from = range === 0 ? whole.from : range * rangeBytes;
    const to = range === ranges - 1 ? size : (range + 1) * rangeBytes;
    const format = range > 0 && input.records.kind === 'csv' ? { ...input.records, headerLines: 0 } : input.records;
    const out = `${whole.out}-${range}`;
    return { input: index, task: { ...whole, from, to, atRecord: range === 0, format, out } };
  });
}

/**
 * The parts of a file, each of which begins where the one before it ended. Where a line feed stood in quotes, a range began
 * in the middle of a row: the file is read again from there, without ranges.
 */
async function inOneLine(
  input: ReadInput,
  ranges: readonly { readonly task: PartTask; readonly result: Part | WorkError }[],
  options: GatherOptions,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  let lines = 0;
  const again = async (task: PartTask): Promise<Part> => {
    const longestBefore = Math.max(...parts.map(({ longest }) => longest));
    const [rest] = await workOn('read', [{ ...task, longestBefore, out: `${task.out}-again` }], options);
    if (rest instanceof WorkError) throw told(rest, input, lines);
    return rest!;
  };
  for (const { task, result } of ranges) {
    const before = parts.at(-1);
    const follows = before === undefined || (!(result instanceof WorkError) && result.from === before.to);
    if (!follows && task.format.kind === 'csv') {
      const { to: _, ...toTheEnd } = task;
      return [...parts, await again({ ...toTheEnd, from: before.to, atRecord: true })];
    }
    if (result instanceof WorkError) throw told(result, input, lines);
    if (!follows) throw new Error(`ranges of ${input.name} do not meet: ${before.to} and ${result.from}`);
    // Whether it was cut is told by IDs that others have read.
    const isShort = result.open > 0 && parts.some(({ longest }) => longest > result.open);
    const part = isShort ? await again(task) : result;
    parts.push(part);
    lines += part.lines;
  }
  return parts;
}

function told(error: WorkError, input: ReadInput, linesBefore: number): Error {
  const { failure } = error;
  return failure.what === 'refused' ? new InputError(placed(failure.refusal, input, linesBefore)) : error;
}

function placed(refusal: Refusal, input: Input, linesBefore: number): InputRefusal {
  const hasLines = input.what === 'read' && input.records.kind !== 'raw' && refusal.kind !== 'unreadable';
  return { ...refusal, line: refusal.line + linesBefore, input: input.name, hasLines };
}

/** Sorts what was read into lines of order. */
class Gathering {
  readonly #idBits: 64 | 128;
  readonly #owners: Owner[] = [];
  readonly #byName = new Map<string, number>();
  readonly #lengths: number[] = [];
  readonly #segments: Segment[] = [];
  readonly #inputs: GatheredInput[] = [];
  readonly #refusals = new Map<Refusal['kind'], number>();
  readonly #shown: InputRefusal[] = [];
  readonly #roundness = new Map<string, Roundness>();
  readonly #neighbours = new Map<string, { entering: number[]; leaving: number[] }>();

  constructor(idBits: 64 | 128) {
    this.#idBits = idBits;
  }

  add(input: Input, parts: readonly Part[]): void {
    const { name, format, compression, bytes } = input;
    let ids = 0;
    if (input.what === 'segments')
      for (const { owner, node, file, byteOffset, count } of input.segments) {
        this.#segment(owner, node, file, byteOffset, count);
        ids += count;
      }
    let lines = 0;
    for (const part of parts) {
      ids += part.ids;
      for (const { node, byteOffset, count } of part.stretches) {
        const owner = part.nodes.length === 0 ? name : part.nodes[node]!;
        this.#segment(owner, owner, part.file, byteOffset, count);
      }
      for (const [kind, count] of Object.entries(part.refusals)) this.#count(kind as Refusal['kind'], count);
      for (const refusal of part.shown) this.#show(placed(refusal, input, lines));
      lines += part.lines;
      // In the order of their IDs rows tell nothing about the order of their arrival.
      if (part.descends) this.#beside(part);
    }
    this.#roundness.set(name, together(parts.map(({ roundness }) => roundness)));
    for (const refusal of input.refusals ?? []) {
      this.#count(refusal.kind, 1);
      this.#show({ ...refusal, input: name, line: 0, hasLines: false });
    }
    this.#inputs.push({
      name,
      format,
      ...(compression !== undefined && compression !== 'none' && { compression }),
      bytes,
      ids,
    });
  }

  end(): Gathered {
    const rounded = [...this.#roundness].filter(([, roundness]) => isRounded(roundness));
    const all = together([...this.#roundness.values()]);
    return {
      owners: this.#owners,
      segments: this.#segments,
      inputs: this.#inputs,
      refusals: this.#refusals,
      shown: this.#shown,
      rounded: rounded.length > 0 ? together(rounded.map(([, one]) => one)) : isRounded(all) ? all : undefined,
      roundedInputs: rounded.map(([name]) => name),
      neighbours: this.#neighbours,
    };
  }

  #segment(owner: string, node: string, file: string, byteOffset: number, count: number): void {
    if (count === 0) return;
    let index = this.#byName.get(owner);
    if (index === undefined) {
      index = this.#owners.length;
      this.#byName.set(owner, index);
      this.#owners.push({ name: owner, node });
      this.#lengths.push(0);
    }
    const first = this.#lengths[index]!;
    this.#lengths[index] = first + count;
    const last = this.#segments.at(-1);
    const end = last === undefined ? 0 : last.byteOffset + last.count * (this.#idBits / 8);
    if (last?.owner === index && last.file === file && end === byteOffset)
      this.#segments.splice(-1, 1, { ...last, count: last.count + count });
    else this.#segments.push({ file, byteOffset, count, owner: index, first });
  }

  #count(kind: Refusal['kind'], count: number): void {
    this.#refusals.set(kind, (this.#refusals.get(kind) ?? 0) + count);
  }

  #show(refusal: InputRefusal): void {
    if (this.#shown.length < SHOWN_MAX) this.#shown.push(refusal);
  }

  #beside({ nodes, neighbours }: Part): void {
    for (const [index, { entering, leaving }] of neighbours.entries()) {
      const name = nodes[index]!;
      const all = this.#neighbours.get(name) ?? { entering: [], leaving: [] };
      all.entering.push(...entering);
      all.leaving.push(...leaving);
      this.#neighbours.set(name, all);
    }
  }
}
