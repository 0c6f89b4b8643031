/** Pieces of work of an audit: each done in a thread, or, where there is little to do, at once. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../core/errors.ts';
import type { FieldsTask } from './fields.ts';
import { readFields } from './fields.ts';
import type { Fields } from './fields.ts';
import { NotWrittenError, RefusedError, TooManyNodesError } from './part-writer.ts';
import type { Part, Refusal } from './part.ts';
import type { PartTask } from './read-part.ts';
import { readPart } from './read-part.ts';
import type { SuspectsFound, SuspectsTask } from './suspects.ts';
import { findSuspects } from './suspects.ts';

interface Works {
  readonly read: { readonly task: PartTask; readonly done: Part };
  readonly fields: { readonly task: FieldsTask; readonly done: Fields };
  readonly suspects: { readonly task: SuspectsTask; readonly done: SuspectsFound };
}
export type WorkKind = keyof Works;
export type Work = { [Kind in WorkKind]: { readonly kind: Kind; readonly task: Works[Kind]['task'] } }[WorkKind];
type Done = Works[WorkKind]['done'];

/** What went wrong, as plain data: classes do not come through between threads. */
export type Failure =
  | { readonly what: 'refused'; readonly refusal: Refusal }
  | { readonly what: 'too many nodes' }
  | { readonly what: 'not written'; readonly message: string }
  | { readonly what: 'crashed'; readonly message: string };

/** One piece of work that did not come to its end. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.what === 'crashed' ? failure.message : failure.what);
    this.failure = failure;
  }
}

export async function carryOut(work: Work, onBytes: (bytes: number) => void): Promise<Done> {
  switch (work.kind) {
    case 'read':
      return readPart(work.task, onBytes);
    case 'fields':
      return readFields(work.task, onBytes);
    case 'suspects':
      return findSuspects(work.task, onBytes);
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof WorkError) return error.failure;
  if (error instanceof RefusedError) return { what: 'refused', refusal: error.refusal };
  if (error instanceof TooManyNodesError) return { what: 'too many nodes' };
  if (error instanceof NotWrittenError) return { what: 'not written', message: error.message };
  return { what: 'crashed', message: error instanceof Error ? (error.stack ?? error.message) : messageOf(error) };
}

export interface WorkOptions {
  /** 0: at once, without a thread. */
  readonly threads: number;
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What came of each task, in their order: a failure is a WorkError in its place, and the others go on. */
export async function workOn<Kind extends WorkKind>(
  kind: Kind,
  tasks: readonly Works[Kind]['task'][],
  { threads, onBytes = () => undefined, signal }: WorkOptions,
): Promise<readonly (Works[Kind]['done'] | WorkError)[]> {
  const results: (Done | WorkError)[] = [];
  const left = tasks.map((task, index) => ({ index, work: { kind, task } as Work })).values();
  const one = async (run: (work: Work) => Promise<Done>): Promise<void> => {
    for (const { index, work } of left) {
      signal?.throwIfAborted();
      results[index] = await run(work).catch((error: unknown) => new WorkError(failureOf(error)));
    }
  };
  if (threads === 0) await one((work) => carryOut(work, onBytes));
  else
    await Promise.all(
      Array.from({ length: Math.min(threads, tasks.length) }, async () => {
        const thread = new Thread(onBytes);
        const stop = (): void => void thread.end();
        signal?.addEventListener('abort', stop, { once: true });
        try {
          await one((work) => thread.run(work));
        } finally {
          signal?.removeEventListener('abort', stop);
          await thread.end();
        }
      }),
    );
  signal?.throwIfAborted();
  return results;
}

type Message = { readonly bytes: number } & (
  { readonly done: Done } | { readonly failed: Failure } | { readonly done?: undefined; readonly failed?: undefined }
);

class Thread {
  // The compiled package has the same files with another ending.
  readonly #worker = new Worker(join(import.meta.dirname, `thread${extname(import.meta.filename)}`));
  readonly #onBytes: (bytes: number) => void;
  #settle: { readonly resolve: (done: Done) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes;
    this.#worker.on('message', (message: Message) => this.#hear(message));
    this.#worker.on('error', (error: Error) => this.#settle?.reject(error));
    this.#worker.on('exit', () => this.#settle?.reject(new Error('a thread of the audit ended')));
  }

  run(work: Work): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.postMessage(work);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(message: Message): void {
    this.#onBytes(message.bytes);
    if ('done' in message && message.done !== undefined) this.#settle?.resolve(message.done);
    else if ('failed' in message && message.failed !== undefined) this.#settle?.reject(new WorkError(message.failed));
  }
}
