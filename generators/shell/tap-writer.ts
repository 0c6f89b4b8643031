/**
 * Writes one lane's tap. A batch is committed when `append` returns: only then may a client be answered.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BATCH_BYTES, encodeBatch, segmentName } from '../../harness/core/tap.ts';
import type { BatchRecord, LaneName } from '../../harness/core/tap.ts';

/** A segment that has this many bytes of IDs gets no further batch. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

export class TapWriter {
  readonly #folder: string;
  readonly #lane: LaneName;
  readonly #idBits: 64 | 128;
  readonly #segmentBytes: number;
  readonly #record = Buffer.alloc(BATCH_BYTES);
  #segment: Segment;
  #nextSeq = 0n;
  #broken: unknown;

  /** Creates the first segment, so that a folder that cannot be written to is found at once. */
  constructor(folder: string, lane: LaneName, segmentBytes = SEGMENT_BYTES, idBits: 64 | 128 = 64) {
    this.#folder = folder;
    this.#lane = lane;
    this.#idBits = idBits;
    this.#segmentBytes = segmentBytes;
    this.#segment = this.#openSegment();
  }

  /** IDs committed so far. */
  get committed(): bigint {
    return this.#nextSeq;
  }

  /**
   * Commits one batch and returns the sequence number of its first ID. Throws when a byte could not be written; what
   * lies after the last whole record then never counts, and nothing can be appended any more.
   */
  append(ids: Uint8Array, batch: Omit<BatchRecord, 'firstSeq' | 'count'>): bigint {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      if (this.#segment.idBytes >= this.#segmentBytes) this.#rotate();
      const firstSeq = this.#nextSeq;
      const count = ids.length / (this.#idBits / 8);
      const long = this.#idBits === 128 && { idBits: 128 as const };
      encodeBatch({ ...batch, firstSeq, count, ...long, idsChecksum: crc32(ids) }, this.#record);
      writeWhole(this.#segment.ids, ids);
      writeWhole(this.#segment.batches, this.#record);
      this.#segment.idBytes += ids.length;
      this.#nextSeq += BigInt(count);
      return firstSeq;
    } catch (error) {
      this.#broken = error;
      throw error;
    }
  }

  close(): void {
    closeSync(this.#segment.ids);
    closeSync(this.#segment.batches);
  }

  #rotate(): void {
    this.close();
    this.#segment = this.#openSegment();
  }

  /** Exclusively: two processes that took the same name would write into each other's evidence. */
  #openSegment(): Segment {
    const path = join(this.#folder, segmentName(this.#lane, this.#nextSeq));
    return { ids: openSync(`${path}.ids`, 'ax'), batches: openSync(`${path}.batches`, 'ax'), idBytes: 0 };
  }
}

interface Segment {
  readonly ids: number;
  readonly batches: number;
  idBytes: number;
}

/** The kernel may take fewer bytes than it was given. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
}
