/** Takes what a parser reads, writes it as raw segments, and counts what was no ID. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import type { IdReader } from '../core/id-words.ts';
import { idReader } from '../core/id-words.ts';
import type { Layout } from '../core/layout.ts';
import type { RecordParser, RecordTarget } from './formats/record-parser.ts';
import type { IdWords } from './id-words.ts';
import type { RefusalKind } from './refusals.ts';
import type { Part, Refusal, Stretch } from './part.ts';
import { RoundnessCounter } from './rounding.ts';

export interface PartWriterOptions {
  readonly file: string;
  readonly idBits: 64 | 128;
  readonly layout?: Layout;
  /** Whether rows name nodes. */
  readonly hasNodes: boolean;
  /** Count what is no ID, and read on. */
  readonly lenient: boolean;
  readonly words: IdWords;
}

/** Ends the reading of a part at the first thing that is no ID. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

/** Ends the reading: the column of nodes is none. */
export class TooManyNodesError extends Error {
  override readonly name = 'TooManyNodesError';
}

/** The folder for temporary files has no room: that is no fault of what is read. */
export class NotWrittenError extends Error {
  override readonly name = 'NotWrittenError';
}

export const NODES_MAX = 10_000;
const SHOWN_MAX = 10;
const EXCERPT = 80;
const NODE_NAME_MAX = 200;
const BUFFER_BYTES = 1 << 18;
/** Many nodes have little each: 64 MiB are shared by them. */
const FIRST_BUFFER_BYTES = 1 << 12;
const ALL_BUFFERS_BYTES = 1 << 26;
const SAMPLES_MAX = 512;

interface NodeBuffer {
  words: Uint32Array;
  used: number;
  readonly entering: number[];
  readonly leaving: number[];
  alternations: number;
}

export class PartWriter implements RecordTarget {
  readonly #options: PartWriterOptions;
  readonly #fd: number;
  readonly #perId: number;
  readonly #buffers: NodeBuffer[] = [];
  readonly #names: string[] = [];
  readonly #byName = new Map<string, number>();
  readonly #stretches: Stretch[] = [];
  readonly #refusals: { [Kind in RefusalKind]?: number } = {};
  readonly #shown: Refusal[] = [];
  readonly #roundness: RoundnessCounter;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  readonly #probe: { readonly words: Uint32Array; readonly reader: IdReader } | undefined;
  #nodeBytes = new Uint8Array(0);
  #node = 0;
  #lastNode = -1;
  #lastTick = 0;
  #descends = false;
  #b0 = 0;
  #b1 = 0;
  #b2 = 0;
  #b3 = 0;
  #bytes = 0;
  #ids = 0;

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#perId = options.idBits / 32;
    this.#roundness = new RoundnessCounter(options.layout);
    this.#fd = openSync(options.file, 'wx', 0o600);
    if (!options.hasNodes) this.#add('');
    else if (options.layout !== undefined && options.layout.timeBits > 0) {
      const ids = new BigUint64Array(2);
      this.#probe = { words: new Uint32Array(ids.buffer), reader: idReader({ ids, layout: options.layout }) };
    }
  }

  taken(unquoted: boolean): void {
    const { words, hasNodes } = this.#options;
    if (unquoted && this.#perId === 2) this.#roundness.count(words.w0, words.w1 >>> 0);
    if (hasNodes) this.#alternate(words);
    const buffer = this.#buffers[this.#node]!;
    const into = buffer.words;
    let { used } = buffer;
    into[used++] = words.w0;
    into[used++] = words.w1;
    if (this.#perId === 4) {
      into[used++] = words.w2;
      into[used++] = words.w3;
    }
    buffer.used = used;
    this.#ids++;
    if (used === into.length) this.#flush(this.#node);
  }

  node(bytes: Uint8Array, from: number, to: number): boolean {
    const last = this.#nodeBytes;
    if (last.length === to - from && last.length > 0) {
      let k = 0;
      while (k < last.length && last[k] === bytes[from + k]) k++;
      if (k === last.length) return true;
    }
    if (to - from > NODE_NAME_MAX) return false;
    let name: string;
    try {
      name = this.#utf8.decode(bytes.subarray(from, to));
    } catch {
      return false;
    }
    this.#nodeBytes = bytes.slice(from, to);
    this.#node = this.#byName.get(name) ?? this.#add(name);
    return true;
  }

  refused(kind: RefusalKind, line: number, bytes: Uint8Array, from: number, to: number): void {
    const excerpt = Buffer.from(bytes.subarray(from, Math.min(to, from + EXCERPT))).toString('utf8');
    const refusal = { kind, line, text: to - from > EXCERPT ? `${excerpt}…` : excerpt };
    if (!this.#options.lenient) throw new RefusedError(refusal);
    this.#refusals[kind] = (this.#refusals[kind] ?? 0) + 1;
    if (this.#shown.length < SHOWN_MAX) this.#shown.push(refusal);
  }

  /** Writes what is left. */
  end(parser: Pick<RecordParser, 'lines' | 'last'>, from: number, to: number): Part {
    for (const [node] of this.#buffers.entries()) this.#flush(node);
    this.close();
    const { hasNodes } = this.#options;
    const { above, multiples, inSequence } = this.#roundness;
    return {
      file: this.#options.file,
      ids: this.#ids,
      stretches: this.#stretches,
      nodes: hasNodes ? this.#names : [],
      neighbours:
        this.#probe === undefined ? [] : this.#buffers.map(({ entering, leaving }) => ({ entering, leaving })),
      descends: this.#descends,
      lines: parser.lines,
      longest: parser.last?.longest ?? 0,
      open: parser.last?.open ?? 0,
      refusals: this.#refusals,
      shown: this.#shown,
      roundness: { above, multiples, inSequence },
      from,
      to,
    };
  }

  close(): void {
    closeSync(this.#fd);
  }

  #add(name: string): number {
    const node = this.#names.length;
    if (node >= NODES_MAX) throw new TooManyNodesError();
    this.#names.push(name);
    this.#byName.set(name, node);
    const words = new Uint32Array(FIRST_BUFFER_BYTES / 4);
    this.#buffers.push({ words, used: 0, entering: [], leaving: [], alternations: 0 });
    return node;
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      throw new NotWrittenError(messageOf(error));
    }
  }

  #flush(node: number): void {
    const buffer = this.#buffers[node]!;
    if (buffer.used === 0) return;
    const bytes = new Uint8Array(buffer.words.buffer, 0, buffer.used * 4);
    this.#write(bytes);
    const count = buffer.used / this.#perId;
    const last = this.#stretches.at(-1);
    if (last?.node === node) this.#stretches.splice(-1, 1, { ...last, count: last.count + count });
    else this.#stretches.push({ node, byteOffset: this.#bytes, count });
    this.#bytes += bytes.length;
    buffer.used = 0;
    const share = 2 ** Math.floor(Math.log2(ALL_BUFFERS_BYTES / this.#buffers.length));
    const wanted = Math.max(FIRST_BUFFER_BYTES, Math.min(BUFFER_BYTES, share));
    if (buffer.words.byteLength < wanted) buffer.words = new Uint32Array(wanted / 4);
  }

  /** Rows of several nodes in the order in which they arrived tell how their clocks stand to one another. */
  #alternate({ w0, w1, w2, w3 }: IdWords): void {
    if (this.#lastNode >= 0 && isLess(w0, w1, w2, w3, this.#b0, this.#b1, this.#b2, this.#b3)) this.#descends = true;
    this.#b0 = w0;
    this.#b1 = w1;
    this.#b2 = w2;
    this.#b3 = w3;
    const probe = this.#probe;
    if (probe !== undefined) {
      probe.words[0] = w0;
      probe.words[1] = w1;
      probe.words[2] = w2;
      probe.words[3] = w3;
      const tick = probe.reader.tick(0);
      if (this.#lastNode >= 0 && this.#lastNode !== this.#node) {
        sample(this.#buffers[this.#node]!, 'entering', tick - this.#lastTick);
        sample(this.#buffers[this.#lastNode]!, 'leaving', tick - this.#lastTick);
      }
      this.#lastTick = tick;
    }
    this.#lastNode = this.#node;
  }
}

/** Every one at first, then ever fewer, so that the samples stand for the whole of a file. */
function sample(node: NodeBuffer, kind: 'entering' | 'leaving', ticks: number): void {
  const samples = node[kind];
  const seen = node.alternations++;
  if (samples.length < SAMPLES_MAX) samples.push(ticks);
  // A multiplicative hash in place of chance: the same file gives the same answer.
  else if ((Math.imul(seen, 0x9e37_79b1) >>> 0) / 2 ** 32 < SAMPLES_MAX / (seen / 2 + 1))
    samples[(Math.imul(seen, 0x85eb_ca6b) >>> 0) % SAMPLES_MAX] = ticks;
}

function isLess(
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  b0: number,
  b1: number,
  b2: number,
  b3: number,
): boolean {
  if (a3 !== b3) return a3 >>> 0 < b3 >>> 0;
  if (a2 !== b2) return a2 >>> 0 < b2 >>> 0;
  return a1 === b1 ? a0 >>> 0 < b0 >>> 0 : a1 >>> 0 < b1 >>> 0;
}
