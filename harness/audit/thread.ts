/** Where a thread of an audit begins: it does what it is asked, one piece of work after another. */
import { parentPort } from 'node:worker_threads';
import type { Work } from './work.ts';
import { carryOut, failureOf } from './work.ts';

const port = parentPort!;

port.on('message', (work: Work) => {
  let told = 0;
  const onBytes = (bytes: number): void => {
    told += bytes;
    if (told < TELL_BYTES) return;
    port.postMessage({ bytes: told });
    told = 0;
  };
  carryOut(work, onBytes).then(
    (done) => port.postMessage({ bytes: told, done }),
    (error: unknown) => port.postMessage({ bytes: told, failed: failureOf(error) }),
  );
});

const TELL_BYTES = 1 << 22;
