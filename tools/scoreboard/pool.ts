/** Worker processes that share out simulated runs. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Outcome } from './cell.ts';
import type { Answer, Task } from './worker.ts';

/** A run leaves some 0.4 MB behind in its process for good. */
const RUNS_PER_PROCESS = 500;

/** Carries out all tasks, as many at once as there are cores. `onDone` is called once for each, in no order. */
export async function carryOutAll(
  tasks: readonly Task[],
  onDone: (task: Task, outcome: Outcome) => void,
): Promise<void> {
  const queue = [...tasks].reverse();
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    let worker: ChildProcess | undefined;
    try {
      for (let runs = 0; !stop.signal.aborted; runs++) {
        // Taken before anything is waited for: the others take from the same queue.
        const task = queue.pop();
        if (task === undefined) return;
        if (worker === undefined || runs % RUNS_PER_PROCESS === 0) {
          worker?.disconnect();
          worker = await begin();
        }
        onDone(task, await ask(worker, task));
      }
    } catch (error) {
      stop.abort();
      throw error;
    } finally {
      if (worker?.connected === true) worker.disconnect();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

async function begin(): Promise<ChildProcess> {
  const worker = fork(new URL('worker.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await answerOf(worker);
  return worker;
}

async function ask(worker: ChildProcess, task: Task): Promise<Outcome> {
  worker.send(task);
  const answer = (await answerOf(worker)) as Answer;
  if ('error' in answer) throw new Error(answer.error);
  return answer.outcome;
}

/** Throws when the process ends instead of answering. */
async function answerOf(worker: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([message]) => message as unknown),
      once(worker, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`A worker process ended (code ${String(code)}, signal ${String(by)}) before it answered.`);
      }),
    ]);
  } finally {
    done.abort();
  }
}
