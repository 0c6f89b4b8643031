/** An input of an audit, as it is read: what became of a source once it was looked at. */
import type { Readable } from 'node:stream';
import type { RefusalKind } from './refusals.ts';
import type { Compression, RecordFormat } from './read-part.ts';

interface InputFacts {
  readonly name: string;
  readonly format: string;
  readonly compression?: Compression;
  readonly bytes: number;
  /** What is wrong with it as a whole; only where that is counted and no error. */
  readonly refusals?: readonly { readonly kind: RefusalKind; readonly text: string }[];
}

/** IDs that lie somewhere as they are. */
export interface SegmentsInput extends InputFacts {
  readonly what: 'segments';
  readonly segments: readonly {
    readonly owner: string;
    readonly node: string;
    readonly file: string;
    readonly byteOffset: number;
    readonly count: number;
  }[];
}

/** Records that have to be read. */
export interface ReadInput extends InputFacts {
  readonly what: 'read';
  readonly path: string;
  readonly compression: Compression;
  readonly records: RecordFormat;
  /** Bytes in front of the first record. */
  readonly skip: number;
  /** Bytes of a file. */
  readonly size?: number;
  /** What is read in place of a file. */
  readonly source?: Readable;
  readonly firstId?: string;
}

export type Input = SegmentsInput | ReadInput;
