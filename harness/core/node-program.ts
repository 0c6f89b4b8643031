/**
 * Programs that serve IDs and were not written for snowglobe: how they are started, and how they are asked. All of it is
 * plain data, so that a generator whose node is one of these may be a JSON file.
 */

/**
 * Text with places that are filled in for each node: `{node}` n1, n2, …; `{index}` 0, 1, …; `{worker}` its option
 * `workerId`, else its index; `{host}` and `{port}` where it has to listen; `{etcd}` client URLs of the coordinator,
 * comma-separated; `{disk}` a folder of its own that survives restarts; `{option.NAME}` one of its options. `{{` is a brace.
 */
export type Template = string;

/** What is started for each node: a command, or a container image. */
export interface Program {
  /** Words, the first of them a path, or a name to be looked for on PATH. Of an image: what replaces its own command. */
  readonly command?: readonly Template[];
  /** An image of the container engine; driver docker only. */
  readonly image?: string;
  readonly environment?: { readonly [variable: string]: Template };
  /** Where the command is started; left out: where snowglobe was. Of a generator file: relative to the file. */
  readonly folder?: string;
}

/** Speaks generators/PROTOCOL.md by itself: taps its own IDs, one by one. */
export interface NativeNode extends Program {
  readonly kind: 'native';
}

/**
 * Serves IDs in its own way; the recorder stands between it and all clients, and taps each reply before it hands it on.
 * Evidence is of the IDs in replies that reached the recorder.
 */
export interface ServiceNode extends Program {
  readonly kind: 'service';
  /** Nodes that somebody else started: no command and no image then. The first node is at the first URL. */
  readonly urls?: readonly string[];
  readonly ask: HttpAsk | MaelstromAsk;
  /** Requests to one node that may be open at once, each in a lane of its own; 8 when left out. */
  readonly lanes?: number;
  /** How long it may take from its start until it serves, in milliseconds; `STARTS_WITHIN_MS` when left out. */
  readonly startsWithinMs?: number;
}

export const STARTS_WITHIN_MS = 20_000;

/** Where a container image listens that is told no port. Nodes themselves may listen at 8080. */
export const IMAGE_PORT = 8000;

/** Over HTTP/1.1, without TLS. */
export interface HttpAsk {
  readonly over: 'http';
  /** The port that it listens at, whatever it is told; left out: a free one, in `{port}`, or `IMAGE_PORT` for an image. */
  readonly port?: number;
  /** Answers 2xx when it serves. Left out: it serves when it accepts a connection. */
  readonly health?: string;
  /** Path and query; with `{count}` it is asked for so many IDs, else it gives as many as it gives. */
  readonly path: Template;
  /** GET when left out, POST where there is a body. */
  readonly method?: string;
  readonly body?: Template;
  readonly headers?: { readonly [name: string]: Template };
  /** Where the IDs are in an answer; left out: `auto`. */
  readonly ids?: IdsIn;
  /** How an ID is written; left out: `decimal`. */
  readonly form?: IdForm;
  /** How long it may take to answer, in milliseconds; 5 s when left out. */
  readonly timeoutMs?: number;
}

/** A Maelstrom node of the workload unique-ids: JSON messages, one a line, on standard input and output. */
export interface MaelstromAsk {
  readonly over: 'maelstrom';
  /** How an ID is written; left out: `decimal`. */
  readonly form?: IdForm;
  readonly timeoutMs?: number;
}

/**
 * - `auto`: the whole answer as text; or JSON that is an ID, a list of IDs, or an object with either at `id` or `ids`.
 * - `json:POINTER`: at this JSON pointer (RFC 6901) is an ID or a list; `*` in place of an index stands for each.
 * - `text`: one ID a line. `text:PATTERN`: what the pattern's first group matches, everywhere.
 * - `bytes`, `bytes-le`: the body holds IDs one after the other, big-endian or little-endian.
 */
export type IdsIn = 'auto' | 'text' | 'bytes' | 'bytes-le' | `json:${string}` | `text:${string}`;

/**
 * How an ID is written, and with it how the bits of the text are ordered as the texts are: `decimal` (signed or not),
 * `hex` (with or without 0x), `uuid`, `ulid` (Crockford's base 32, 26 letters). `text`: of any form; a digest of 128 bits
 * is kept in its place, so that IDs are told apart and not ordered.
 */
export const ID_FORMS = ['decimal', 'hex', 'uuid', 'ulid', 'text'] as const;
export type IdForm = (typeof ID_FORMS)[number];

/** A node that is plain data. */
export type DataNode = ServiceNode | NativeNode | ModuleNode;

/** A JavaScript module with a function that returns an ID: called in lanes of snowglobe's own shell. */
export interface ModuleNode {
  readonly kind: 'module';
  /** A path, or the name of a package that is installed where snowglobe was started. */
  readonly module: string;
  /** The name of its export; `default` when left out. Dots reach into it. */
  readonly export?: string;
  /**
   * `function`: the export returns an ID each time, or a promise of one. `factory`: it is called once in each lane with
   * `{ node, index, worker, lane, options }`, and returns such a function. `function` when left out.
   */
  readonly call?: 'function' | 'factory';
  /** How its IDs are written, where they are strings; left out: `decimal`. */
  readonly form?: IdForm;
  /** Lanes of minting; 1 when left out. */
  readonly lanes?: number;
  /** What several lanes are: threads of one process (worker_threads, the default), or processes. */
  readonly lanesAre?: 'threads' | 'processes';
}
