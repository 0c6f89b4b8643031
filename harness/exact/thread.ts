/** What runs in a thread: does jobs as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { SnowglobeError, type Problem } from '../core/errors.ts';
import { type Ground, Hand } from './hand.ts';
import { type JobName, JOBS, type OutcomeOf, type TaskOf } from './jobs.ts';

export interface ThreadStart {
  readonly ground: Ground;
  readonly index: number;
}

export interface Order<Name extends JobName = JobName> {
  readonly name: Name;
  readonly task: TaskOf<Name>;
}

/** What a thread says: IDs that it read, what came of a job, or what kept it from it. */
export type Said =
  { readonly read: number } | { readonly outcome: OutcomeOf<JobName> } | { readonly problems: readonly Problem[] };

const { ground, index } = workerData as ThreadStart;
const port = parentPort!;
const say = (said: Said): void => port.postMessage(said);
const hand = new Hand(ground, index, (read) => say({ read }));

port.on('message', ({ name, task }: Order) => {
  try {
    const job = JOBS[name] as (task: unknown, hand: Hand) => OutcomeOf<JobName>;
    say({ outcome: job(task, hand) });
  } catch (error) {
    // What is no fault of the input ends the thread, and is told as a defect.
    if (!(error instanceof SnowglobeError)) throw error;
    say({ problems: error.problems });
  } finally {
    hand.rest();
  }
});
