/**
 * Threads of a node: a generator's own code in a worker of Node, called by messages, its IDs in shared memory.
 */
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Thread } from '../../harness/core/generator.ts';

/** What a thread is told first. */
export interface ThreadData {
  readonly module: string;
  readonly shared: SharedArrayBuffer;
}

/** One call. */
export interface ThreadCall {
  readonly into: SharedArrayBuffer;
  readonly count: number;
}

/** Resolves when the thread can be called. A thread that fails takes the node with it, as a defect does. */
export async function startThread(module: string, shared: SharedArrayBuffer): Promise<Thread> {
  const entry = new URL(`thread-entry${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const worker = new Worker(entry, { workerData: { module, shared } satisfies ThreadData });
  worker.unref();
  let answered: (count: number) => void = () => undefined;
  await once(worker, 'message'); // rejects when the thread fails before
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('message', (count: number) => answered(count));
  return (into, count) =>
    new Promise((resolve) => {
      answered = resolve;
      worker.postMessage({ into, count } satisfies ThreadCall);
    });
}
