/** What the shell and a lane of a module say to each other: by messages, whether the lane is a thread or a process. */
import type { Written } from '../../harness/core/generator.ts';
import type { JsonObject } from '../../harness/core/json.ts';
import type { IdForm } from '../../harness/core/node-program.ts';

/** What a factory is called with, once in each lane: a plain object. */
export interface FactoryContext {
  /** `n1`, `n2`, … */
  readonly node: string;
  /** 0, 1, …: the node's place in its cluster. */
  readonly index: number;
  /** The node's option `workerId`, else its index. The lanes of a node share it. */
  readonly worker: unknown;
  /** 0, 1, …: the place of the lane in its node. */
  readonly lane: number;
  /** The scenario's options for the node. */
  readonly options: JsonObject;
}

/** Said to a lane first. */
export interface LaneStart {
  /** An absolute path, or a module of Node's own such as `node:crypto`. */
  readonly module: string;
  /** `default` where left out; dots reach into it. */
  readonly export?: string;
  readonly call: 'function' | 'factory';
  readonly form: IdForm;
  readonly idBits: 64 | 128;
  /** How each ID was given is told, too. */
  readonly asWritten?: boolean;
  readonly context: FactoryContext;
  /** Of a thread: where it writes its IDs. A process sends them. */
  readonly shared?: SharedArrayBuffer;
}

/** Said to a lane that is ready; one call at a time. */
export interface LaneCall {
  readonly count: number;
}

/** What became of a call. */
export interface Minted {
  /** IDs that were written to the front. */
  readonly minted: number;
  /** Why there are not as many as were asked for. */
  readonly error?: string;
  /** One of them was a JavaScript number that is no safe integer. */
  readonly inNumbers?: true;
  /** As `Minter.written`. */
  readonly written?: readonly Written[];
}

/** A lane's first word, then one for each call; `ids` of a process. */
export type FromLane =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannot start'; readonly why: string }
  | ({ readonly kind: 'minted'; readonly ids?: Uint8Array } & Minted);
