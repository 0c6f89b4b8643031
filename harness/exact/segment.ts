/**
 * What `exact` takes and what it answers: IDs in files, in order of emission, and whether each was minted once.
 *
 * Pure types. IDs are `bigint` here, at the edge; inside they are 32-bit words in typed arrays, the low one first.
 */
import type { Layout } from '../core/layout.ts';

/** A stretch of raw little-endian IDs in a file, in order of emission, of one owner. */
export interface Segment {
  readonly file: string;
  /** Where its first ID begins. */
  readonly byteOffset: number;
  /** IDs, not bytes. */
  readonly count: number;
  /** Whose line of emission it belongs to; any whole number, one for each line. */
  readonly owner: number;
  /** Position of its first ID in its owner's line. Segments of one owner are taken in this order. */
  readonly first: number | bigint;
}

/**
 * How uniqueness was established. All are exact.
 *
 * - `certificate`: IDs of one worker rise in runs whose ranges do not meet; the few that do were looked up.
 * - `fingerprints`: IDs whose 48 or so bits of hash are alike were looked up; all others differ.
 * - `partition`: all IDs were compared, in parts that fit in memory.
 */
export type ExactMethod = 'certificate' | 'fingerprints' | 'partition';

export interface ExactOptions {
  readonly idBits: 64 | 128;
  /** Left out: nothing is known of fields, and all IDs are taken as of one worker. */
  readonly layout?: Layout;
  /** How many duplicates, and how many backward steps of each owner, are told one by one; 1000 when left out. */
  readonly witnesses?: number;
  /** What tables of IDs may take; buffers and the program itself (about 0.15 GiB) come on top. 1 GiB when left out. */
  readonly memoryBytes?: number;
  /** Threads; as many as there are CPUs when left out, and none for small input. 0: this one does it all, at one go. */
  readonly threads?: number;
  /**
   * `auto`: the certificate, and what it gives up goes to fingerprints and, where many IDs are alike, to the partition.
   * `certificate`: rejects where that gives up. `partition`: goes without the certificate.
   */
  readonly method?: 'auto' | 'certificate' | 'partition';
  /** IDs read, of those that are to be read as far as is known; an ID may be read several times, and `total` may grow. */
  readonly onProgress?: (done: bigint, total: bigint) => void;
  /** Ends the threads; `exact` then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** One emission of an ID. */
export interface Sighting {
  /** Which of the given segments. */
  readonly segment: number;
  /** Which ID of the segment, from 0. */
  readonly index: number;
}

/** An ID that was minted more than once. */
export interface Duplicate {
  readonly id: bigint;
  /** How often it was minted. */
  readonly total: bigint;
  /** The first four of them, by owner and then by position. */
  readonly sightings: readonly Sighting[];
}

/** An ID that is no greater than the one its owner emitted just before. */
export interface BackwardStep {
  /** Of the later ID, in its owner's line. */
  readonly position: bigint;
  readonly before: bigint;
  readonly after: bigint;
}

/** How far an ID lay below one that its owner had emitted before, where it is farthest. */
export interface Inversion {
  /** Of the lower ID. */
  readonly position: bigint;
  /** The highest ID before it. */
  readonly highest: bigint;
  readonly after: bigint;
}

/** One owner's line of emission, IDs as unsigned numbers. */
export interface OwnerOrder {
  readonly owner: number;
  readonly emissions: bigint;
  readonly first: bigint;
  readonly last: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly backward: bigint;
  /** The first of the backward steps. */
  readonly steps: readonly BackwardStep[];
  readonly largestInversion?: Inversion;
}

export interface ExactResult {
  readonly method: ExactMethod;
  /** Where it is not the certificate that established it: why not, as one sentence. */
  readonly why?: string;
  /** Emissions that were compared: all. */
  readonly checked: bigint;
  /** Emissions beyond the first of each ID. */
  readonly surplus: bigint;
  /** IDs minted more than once. */
  readonly repeated: bigint;
  /** The lowest of those. */
  readonly duplicates: readonly Duplicate[];
  /** Owners that emitted anything, in ascending order. */
  readonly owners: readonly OwnerOrder[];
}
