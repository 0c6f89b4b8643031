/**
 * Reads a folder of taps: what is committed, in order, without a gap; and what is wrong with it.
 *
 * Reading is synchronous and in bounded pieces, so that nothing else of the harness stands still for long. A problem
 * stops its lane: what lies behind a damaged record is not evidence.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CANARY } from '../core/canary.ts';
import { messageOf } from '../core/errors.ts';
import type { LaneName } from '../core/tap.ts';
import { BATCH_BYTES, decodeBatch, lifeName, parseSegmentName, segmentName } from '../core/tap.ts';
import type { LeaseLog } from './lease-logs.ts';
import { missingLeaseLogs, readLeaseLogs } from './lease-logs.ts';
import type { BatchScan } from './tap-scan.ts';
import { damagedBatch, otherLength, scanBatches } from './tap-scan.ts';

/** Committed batches of one lane that follow one another in one segment. */
export interface TapRange {
  readonly lane: LaneName;
  readonly firstSeq: bigint;
  /** IDs. */
  readonly count: number;
  /** Position of the first batch in its lane. */
  readonly firstBatch: number;
  /** BATCH_BYTES each, checked. */
  readonly batches: Buffer;
  /** Those of a large range are overwritten by the next reading of the lane. */
  readonly ids: Buffer;
}

export interface TapSummary {
  /** What was read. */
  readonly lanes: readonly (LaneName & { readonly ids: bigint; readonly batches: number })[];
  /** Bytes after the last committed batch of their lane: never replied, not judged. */
  readonly tornBytes: number;
  /** What its nodes did with leases and keys. */
  readonly leaseLogs: readonly LeaseLog[];
  /** Why the evidence is not whole; one sentence each. */
  readonly problems: readonly string[];
}

/** How much one reading may take; one batch is taken however big it is. */
export interface RangeLimit {
  readonly ids: number;
  readonly batches: number;
}

/** From this size on a lane keeps its buffer: a new one of megabytes for each range keeps the garbage collector busy. */
const KEPT_FROM_BYTES = 2 ** 20;

/** 8 MiB of IDs: milliseconds to read. */
export const RANGE_LIMIT: RangeLimit = { ids: 1_048_576, batches: 16_384 };

/** Reads on from where it stood, for as long as nodes write. */
export class TapReader {
  readonly #folder: string;
  readonly #idBits: 64 | 128;
  readonly #lanes = new Map<string, LaneReader>();

  /** `idBits`: how long the IDs are that the nodes should write. */
  constructor(folder: string, idBits: 64 | 128 = 64) {
    this.#folder = folder;
    this.#idBits = idBits;
  }

  /** Looks for new segments and returns all lanes known by now, in order of their names. */
  lanes(): readonly LaneReader[] {
    for (const [lane, firstSeqs] of segmentsOf(readdirSync(this.#folder)).lanes) {
      const key = segmentName(lane, 0n);
      const reader = this.#lanes.get(key) ?? new LaneReader(this.#folder, lane, this.#idBits);
      this.#lanes.set(key, reader);
      reader.found(firstSeqs);
    }
    return [...this.#lanes.values()].sort((a, b) => byLane(a.lane, b.lane));
  }

  lane({ node, incarnation, lane }: LaneName): LaneReader | undefined {
    return this.lanes().find(({ lane: it }) => it.node === node && it.incarnation === incarnation && it.lane === lane);
  }

  /** To be called when everything committed was read and no node writes any more. The canary's tap is no evidence. */
  finish(): TapSummary {
    const lanes = this.lanes().filter(({ lane: { node } }) => node !== CANARY);
    const ends = lanes.map((lane) => lane.finish());
    const files = readdirSync(this.#folder).filter((file) => !file.startsWith(`${CANARY}-`));
    const leaseLogs = readLeaseLogs(this.#folder);
    return {
      lanes: lanes.map(({ lane, ids, batches }) => ({ ...lane, ids, batches })),
      tornBytes: ends.reduce((sum, { tornBytes }) => sum + tornBytes, 0),
      leaseLogs,
      problems: [
        ...ends.flatMap(({ problems }) => problems),
        ...this.#halfSegments(files),
        ...missingLives(files),
        ...missingLeaseLogs(
          leaseLogs,
          lanes.filter(({ leased }) => leased).map(({ lane }) => lane),
        ),
        ...leaseLogs.flatMap((log) => log.problems),
      ],
    };
  }

  /** IDs behind what was read, committed or not. */
  unread(): number {
    return this.lanes().reduce((ids, lane) => ids + lane.unread(), 0);
  }

  /** Gives the files back; reading on opens them again. */
  close(): void {
    for (const lane of this.#lanes.values()) lane.close();
  }

  /** A writer creates `.ids` first: alone and empty, it is the mark of a node that was killed at that moment. */
  #halfSegments(files: readonly string[]): string[] {
    return segmentsOf(files).halves.flatMap((file) => {
      if (file.endsWith('.batches')) return [`${file} has no .ids file beside it`];
      const size = readFileSync(join(this.#folder, file)).length;
      return size === 0 ? [] : [`${file} has ${size} bytes and no .batches file beside it`];
    });
  }
}

interface OpenSegment {
  readonly name: string;
  readonly ids: number;
  readonly batches: number;
}

const KINDS = ['ids', 'batches'] as const;
type Kind = (typeof KINDS)[number];

/** Reads one lane, segment after segment. */
export class LaneReader {
  readonly lane: LaneName;
  readonly #folder: string;
  readonly #idBits: 64 | 128;
  #segments: readonly bigint[] = [];
  #current = 0;
  #open: OpenSegment | undefined;
  #idsAt = 0;
  #batchesAt = 0;
  #nextSeq = 0n;
  #batches = 0;
  #leased = false;
  #problem: string | undefined;
  /** Of stamps: what lies behind it is evidence of IDs all the same. */
  #backwards: string | undefined;
  #calledNs = 0n;
  /** Of the present segment, also while it is closed: another file of the same name is not what was read before. */
  #inodes: Readonly<Record<Kind, number>> | undefined;
  /** The last record that was read of it. */
  #lastRecord: Buffer | undefined;
  /** For the IDs of large ranges. */
  #kept: Buffer | undefined;

  constructor(folder: string, lane: LaneName, idBits: 64 | 128) {
    this.#folder = folder;
    this.#idBits = idBits;
    this.lane = lane;
  }

  /** IDs read so far: the sequence number of the next one. */
  get ids(): bigint {
    return this.#nextSeq;
  }

  /** Batches read so far. */
  get batches(): number {
    return this.#batches;
  }

  /** Whether a batch read so far names a lease. */
  get leased(): boolean {
    return this.#leased;
  }

  /** All segments there are, by their first sequence numbers. One that is there no more is still looked for. */
  found(firstSeqs: readonly bigint[]): void {
    if (firstSeqs.length === this.#segments.length && firstSeqs.at(-1) === this.#segments.at(-1)) return;
    this.#segments = [...new Set([...this.#segments, ...firstSeqs])].sort((a, b) => (a < b ? -1 : 1));
  }

  /** The next committed batches, or undefined when there are none (yet). */
  next(limit: RangeLimit = RANGE_LIMIT): TapRange | undefined {
    if (this.#problem !== undefined) return undefined;
    try {
      return this.#read(limit);
    } catch (error) {
      this.#problem = `${this.#name} cannot be read: ${messageOf(error)}`;
      return undefined;
    }
  }

  /** As `TapReader.unread`; of a lane that cannot be read, none. */
  unread(): number {
    if (this.#problem !== undefined) return 0;
    const bytes = this.#segments
      .slice(this.#current)
      .map((firstSeq) => join(this.#folder, `${segmentName(this.lane, firstSeq)}.ids`))
      .reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), -this.#idsAt);
    return Math.max(0, bytes) / (this.#idBits / 8);
  }

  /** What lies behind the last committed batch. */
  finish(): { readonly tornBytes: number; readonly problems: readonly string[] } {
    const stamps = this.#backwards === undefined ? [] : [this.#backwards];
    const problem = this.#problem ?? this.#otherFile();
    if (problem !== undefined) return { tornBytes: 0, problems: [problem, ...stamps] };
    const open = this.#open;
    if (open === undefined) return { tornBytes: 0, problems: stamps };
    const records = fstatSync(open.batches).size - this.#batchesAt;
    const ids = fstatSync(open.ids).size - this.#idsAt;
    if (records < BATCH_BYTES) return { tornBytes: records + ids, problems: stamps };
    const record = decodeBatch(readAt(open.batches, this.#batchesAt, BATCH_BYTES));
    const what =
      'corrupt' in record
        ? record.corrupt
        : (otherLength(record, this.#idBits) ?? 'a batch was committed after the last reading');
    return { tornBytes: 0, problems: [this.#at(what), ...stamps] };
  }

  close(): void {
    if (this.#open === undefined) return;
    closeSync(this.#open.ids);
    closeSync(this.#open.batches);
    this.#open = undefined;
  }

  #read(limit: RangeLimit): TapRange | undefined {
    for (;;) {
      // By its name before it is opened again, by what it holds after that.
      this.#problem = this.#otherFile();
      const open = this.#problem === undefined ? this.#segment() : undefined;
      this.#problem ??= this.#otherFile();
      if (open === undefined || this.#problem !== undefined) return undefined;
      const size = fstatSync(open.batches).size - this.#batchesAt;
      const whole = Math.min(Math.floor(size / BATCH_BYTES), limit.batches);
      const isLast = this.#current === this.#segments.length - 1;
      if (whole === 0) {
        if (isLast || !this.#leave(open, size)) return undefined;
        continue;
      }
      const bytes = readAt(open.batches, this.#batchesAt, whole * BATCH_BYTES);
      const start = { firstSeq: this.#nextSeq, calledNs: this.#calledNs, idBits: this.#idBits };
      const scan = scanBatches(bytes, start, limit.ids);
      if (scan.batches > 0) return this.#range(open, bytes.subarray(0, scan.batches * BATCH_BYTES), scan);
      // The very last record of a living lane may be half written; `finish` tells whether it stayed so.
      const mayBeInWriting = isLast && size < 2 * BATCH_BYTES;
      if (!mayBeInWriting) this.#problem = this.#at(scan.problem!);
      return undefined;
    }
  }

  #range(open: OpenSegment, batches: Buffer, scan: BatchScan): TapRange | undefined {
    const bytes = scan.ids * (this.#idBits / 8);
    const ids = readInto(this.#bufferFor(bytes), open.ids, this.#idsAt);
    if (ids.length < bytes) {
      this.#problem = `${open.name}.ids is shorter than its records say: ${this.#idsAt + ids.length} bytes`;
      return undefined;
    }
    const damaged = damagedBatch(batches, ids, this.#idBits);
    if (damaged !== undefined) {
      this.#problem = `${open.name}.ids, byte ${this.#idsAt + damaged.idsAt}: the checksum of the IDs does not match`;
      if (damaged.batch === 0) return undefined;
    }
    if (scan.backwards !== undefined)
      this.#backwards ??= `${open.name}.batches, byte ${this.#batchesAt + scan.backwards * BATCH_BYTES}: the clock stamps of ${this.#name} run backwards: when its IDs were minted is not known`;
    const range = {
      lane: this.lane,
      firstSeq: this.#nextSeq,
      count: damaged === undefined ? scan.ids : damaged.idsAt / (this.#idBits / 8),
      firstBatch: this.#batches,
      batches: batches.subarray(0, damaged && damaged.batch * BATCH_BYTES),
      ids: ids.subarray(0, damaged?.idsAt),
    };
    this.#nextSeq += BigInt(range.count);
    this.#batches += range.batches.length / BATCH_BYTES;
    this.#leased ||= scan.leased;
    this.#calledNs = scan.lastCalledNs;
    this.#lastRecord = Buffer.from(range.batches.subarray(-BATCH_BYTES));
    this.#batchesAt += range.batches.length;
    this.#idsAt += range.ids.length;
    return range;
  }

  /** The segment to read from, opened; undefined when there is none, or it does not follow on the one before. */
  #segment(): OpenSegment | undefined {
    if (this.#open !== undefined) return this.#open;
    const firstSeq = this.#segments[this.#current];
    if (firstSeq === undefined) return undefined;
    if (this.#batchesAt === 0 && firstSeq !== this.#nextSeq) {
      this.#problem = `${this.#name} should begin at ${this.#nextSeq}: IDs are missing or doubled between segments`;
      return undefined;
    }
    const path = join(this.#folder, this.#name);
    this.#open = { name: this.#name, ids: openSync(`${path}.ids`, 'r'), batches: openSync(`${path}.batches`, 'r') };
    this.#inodes ??= { ids: fstatSync(this.#open.ids).ino, batches: fstatSync(this.#open.batches).ino };
    return this.#open;
  }

  /** A segment only grows. One that shrank, was replaced, or was written anew from its beginning has lost what was in it. */
  #otherFile(): string | undefined {
    const inodes = this.#inodes;
    if (inodes === undefined) return undefined;
    for (const kind of KINDS) {
      const file = `${this.#name}.${kind}`;
      const found = statSync(join(this.#folder, file), { throwIfNoEntry: false });
      if (found === undefined) return `${file} is gone, and was read up to byte ${this.#readUpTo(kind)} before`;
      if (found.ino !== inodes[kind]) return `${file} was replaced by another file while it was read`;
      if (found.size < this.#readUpTo(kind))
        return `${file} shrank to ${found.size} bytes, and was read up to byte ${this.#readUpTo(kind)} before`;
    }
    const { batches } = this.#open ?? {};
    if (this.#lastRecord === undefined || batches === undefined) return undefined;
    const again = readAt(batches, this.#batchesAt - BATCH_BYTES, BATCH_BYTES);
    return again.equals(this.#lastRecord) ? undefined : `${this.#name}.batches was written anew while it was read`;
  }

  #readUpTo(kind: Kind): number {
    return kind === 'ids' ? this.#idsAt : this.#batchesAt;
  }

  /** Goes on to the next segment. A writer leaves a segment whole, so nothing may be left in this one. */
  #leave(open: OpenSegment, recordBytesLeft: number): boolean {
    const idBytesLeft = fstatSync(open.ids).size - this.#idsAt;
    if (recordBytesLeft !== 0 || idBytesLeft !== 0) {
      const left = recordBytesLeft + idBytesLeft;
      this.#problem = `${open.name} ends in ${left} bytes of no batch, although a later segment follows`;
      return false;
    }
    this.close();
    this.#current++;
    this.#batchesAt = 0;
    this.#idsAt = 0;
    this.#inodes = undefined;
    this.#lastRecord = undefined;
    return true;
  }

  /** One that is kept has room for the largest range, and is let go as soon as a small one comes. */
  #bufferFor(bytes: number): Buffer {
    if (bytes < KEPT_FROM_BYTES) this.#kept = undefined;
    else if (this.#kept === undefined || this.#kept.length < bytes)
      this.#kept = Buffer.allocUnsafeSlow(Math.max(bytes, RANGE_LIMIT.ids * (this.#idBits / 8)));
    return this.#kept?.subarray(0, bytes) ?? Buffer.allocUnsafe(bytes);
  }

  get #name(): string {
    return segmentName(this.lane, this.#segments[this.#current] ?? 0n);
  }

  #at(what: string): string {
    return `${this.#name}.batches, byte ${this.#batchesAt}: ${what}`;
  }
}

/** Lives are claimed one after another: one that is missing in between means that its evidence is missing, too. */
function missingLives(files: readonly string[]): string[] {
  const last = new Map<string, number>();
  for (const file of files) {
    const name = /^(?<node>.+)-(?<incarnation>\d+)\.life$/.exec(file)?.groups;
    if (name === undefined) continue;
    last.set(name['node']!, Math.max(last.get(name['node']!) ?? 0, Number(name['incarnation'])));
  }
  return [...last].flatMap(([node, lives]) =>
    Array.from({ length: lives }, (_, index) => lifeName(node, index + 1))
      .filter((life) => !files.includes(life))
      .map((life) => `${life} is missing, although ${node} lived on after it`),
  );
}

/** Segments by lane, with their first sequence numbers in order; and files whose partner is not there. */
function segmentsOf(files: readonly string[]): {
  readonly lanes: ReadonlyMap<LaneName, readonly bigint[]>;
  readonly halves: readonly string[];
} {
  const there = new Set(files);
  const lanes = new Map<string, { readonly lane: LaneName; readonly firstSeqs: bigint[] }>();
  const halves: string[] = [];
  for (const file of files) {
    const segment = parseSegmentName(file);
    if (segment === undefined) continue;
    const { node, incarnation, lane, firstSeq, kind } = segment;
    const partner = `${segmentName(segment, firstSeq)}.${kind === 'ids' ? 'batches' : 'ids'}`;
    if (!there.has(partner)) halves.push(file);
    else if (kind === 'batches') {
      const key = segmentName(segment, 0n);
      const found = lanes.get(key) ?? { lane: { node, incarnation, lane }, firstSeqs: [] };
      found.firstSeqs.push(firstSeq);
      lanes.set(key, found);
    }
  }
  const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
  return {
    lanes: new Map([...lanes.values()].map(({ lane, firstSeqs }) => [lane, firstSeqs.sort(ascending)])),
    halves: halves.sort(),
  };
}

const byLane = (a: LaneName, b: LaneName): number =>
  a.node.localeCompare(b.node, 'en', { numeric: true }) || a.incarnation - b.incarnation || a.lane - b.lane;

/** Fewer bytes than asked for at the end of the file. */
function readAt(file: number, position: number, length: number): Buffer {
  return readInto(Buffer.allocUnsafe(length), file, position);
}

function readInto(into: Buffer, file: number, position: number): Buffer {
  const { length } = into;
  let at = 0;
  while (at < length) {
    const read = readSync(file, into, at, length - at, position + at);
    if (read === 0) break;
    at += read;
  }
  return into.subarray(0, at);
}
