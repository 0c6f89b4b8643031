/** A part of an input, read: what the threads hand back, as plain data. */
import type { Roundness } from './rounding.ts';
import type { RefusalKind } from './refusals.ts';

/** IDs of one line of order that lie side by side in a file, little-endian. */
export interface Stretch {
  /** Index into `Part.nodes`; 0 where there are none. */
  readonly node: number;
  readonly byteOffset: number;
  readonly count: number;
}

export interface Refusal {
  readonly kind: RefusalKind;
  /** From 1 on, within the part. */
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
}

/** Of one node in rows of several: how its time stands to that of the rows around it, in ticks. */
export interface Neighbours {
  /** Its tick less that of the row before it, which is another node's: a sample of them. */
  readonly entering: readonly number[];
  /** The tick of the row behind it, another node's, less its own. */
  readonly leaving: readonly number[];
}

export interface Part {
  /** The file of raw IDs that was written. */
  readonly file: string;
  readonly ids: number;
  readonly stretches: readonly Stretch[];
  /** Names by the column of nodes, in order of their first row; empty: the file is one node. */
  readonly nodes: readonly string[];
  /** By node; only where rows of several nodes alternate and IDs carry time. */
  readonly neighbours: readonly Neighbours[];
  /** Whether a row has a smaller ID than the one before it, of whatever node. */
  readonly descends: boolean;
  /** Lines read, those of the header and of refused records among them. */
  readonly lines: number;
  readonly refusals: { readonly [Kind in RefusalKind]?: number };
  /** The first of them. */
  readonly shown: readonly Refusal[];
  readonly roundness: Roundness;
  /** Letters of the longest ID, and of the last one where no end of line stood behind it; 0: neither counts. */
  readonly longest: number;
  readonly open: number;
  /** Where the reading began and ended in the file, in bytes. */
  readonly from: number;
  readonly to: number;
}
