/** What a lane of a module runs, in a thread or a process of its own: the module, and one batch for each message. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../harness/core/errors.ts';
import { REQUEST_IDS_MAX } from '../../harness/core/request-size.ts';
import { Caller } from './caller.ts';
import type { FromLane, LaneCall, LaneStart, Minted } from './lane-protocol.ts';
import { loadFunction } from './load-function.ts';

/** Says whether it can be called; undefined: it cannot, and why was said. */
async function startCaller(start: LaneStart, say: (word: FromLane) => void): Promise<Caller | undefined> {
  try {
    const caller = new Caller(await loadFunction(start), start.form, start.idBits, start.asWritten);
    say({ kind: 'ready' });
    return caller;
  } catch (error) {
    say({ kind: 'cannot start', why: messageOf(error) });
    return undefined;
  }
}

async function asThread(start: LaneStart & { readonly shared: SharedArrayBuffer }): Promise<void> {
  const say = (word: FromLane): void => parentPort?.postMessage(word);
  const caller = await startCaller(start, say);
  const into = new BigUint64Array(start.shared);
  const tell = (minted: Minted): void => say({ kind: 'minted', ...minted });
  parentPort?.on('message', ({ count }: LaneCall) => {
    const minted = caller?.mint(into, count);
    // Most functions return at once, and a promise would cost as much as the message.
    if (minted instanceof Promise) void minted.then(tell);
    else if (minted !== undefined) tell(minted);
  });
}

async function asProcess(start: LaneStart): Promise<void> {
  const say = (word: FromLane): void => void process.send?.(word);
  const caller = await startCaller(start, say);
  const into = new BigUint64Array(REQUEST_IDS_MAX * (start.idBits / 64));
  process.on('message', async ({ count }: LaneCall) => {
    const told = await caller?.mint(into, count);
    if (told === undefined) return;
    say({ kind: 'minted', ...told, ids: Buffer.from(into.buffer, 0, (told.minted * start.idBits) / 8) });
  });
}

if (parentPort !== null) await asThread(workerData as LaneStart & { readonly shared: SharedArrayBuffer });
else {
  // The node ends it, and its own end does too; a signal that is sent to all processes of the node is the node's to obey.
  process.on('SIGTERM', () => undefined);
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => process.exit(0));
  process.once('message', (start: LaneStart) => void asProcess(start));
}
