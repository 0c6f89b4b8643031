/** What a thread of a node runs: the generator's function, once for each message. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadStart } from '../../harness/core/generator.ts';
import { wallMs } from './clocks.ts';
import type { ThreadCall, ThreadData } from './thread.ts';

const { module, shared } = workerData as ThreadData;
const { thread } = (await import(module)) as { readonly thread: ThreadStart };
const mint = thread(shared, wallMs);
parentPort?.on('message', ({ into, count }: ThreadCall) => {
  parentPort?.postMessage(mint(new BigUint64Array(into), count));
});
parentPort?.postMessage('ready');
