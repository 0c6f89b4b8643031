/** The threads of one check, or this thread alone where there is little to do. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EXIT, messageOf, SnowglobeError } from '../core/errors.ts';
import { type Ground, Hand } from './hand.ts';
import { type JobName, JOBS, type OutcomeOf, type TaskOf } from './jobs.ts';
import type { Limits } from './limits.ts';
import type { Piece } from './pieces.ts';
import type { Order, Said, ThreadStart } from './thread.ts';
import type { WordsOfId } from './words.ts';

export interface Crew extends AsyncDisposable {
  readonly hands: number;
  /** Has all of them do the job, and gives what came of it in each; the first that fails ends all. */
  run<Name extends JobName>(name: Name, task: TaskOf<Name>): Promise<readonly OutcomeOf<Name>[]>;
}

export interface CrewStart {
  readonly words: WordsOfId;
  readonly pieces: readonly Piece[];
  readonly limits: Limits;
  /** 0: no thread is started. */
  readonly threads: number;
  readonly onRead: (ids: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export function startCrew(start: CrewStart): Crew {
  const { words, pieces, limits, threads, signal } = start;
  signal?.throwIfAborted();
  const hands = Math.max(1, threads);
  const tickets = new SharedArrayBuffer(4 * (1 + hands));
  const ground: Ground = { words, pieces, limits, hands, tickets };
  return threads === 0 ? oneself(ground, start) : workers(ground, start);
}

function oneself(ground: Ground, { onRead, signal }: CrewStart): Crew {
  const hand = new Hand(ground, 0, onRead);
  return {
    hands: 1,
    run: async (name, task) => {
      signal?.throwIfAborted();
      resetTickets(ground);
      try {
        return [(JOBS[name] as (task: unknown, hand: Hand) => OutcomeOf<typeof name>)(task, hand)];
      } finally {
        hand.rest();
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function workers(ground: Ground, { onRead, signal }: CrewStart): Crew {
  // The compiled package has the same files with another ending.
  const entry = new URL(`thread${extname(import.meta.filename)}`, import.meta.url);
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // It is told by the job that runs, or by the next.
  failed.catch(() => undefined);
  const abort = (): void => fail(signal!.reason);
  signal?.addEventListener('abort', abort, { once: true });

  let answered: ((outcome: OutcomeOf<JobName>, index: number) => void) | undefined;
  const crew = Array.from({ length: ground.hands }, (_, index) => {
    const worker = new Worker(entry, { workerData: { ground, index } satisfies ThreadStart, execArgv: [] });
    worker.on('message', (said: Said) => {
      if ('read' in said) onRead(said.read);
      else if ('outcome' in said) answered?.(said.outcome, index);
      else fail(new SnowglobeError(EXIT.badInput, said.problems));
    });
    worker.on('error', (error) => fail(died(ground, index, messageOf(error), error)));
    worker.on('exit', (code) => fail(died(ground, index, `exit code ${code}`)));
    return worker;
  });

  return {
    hands: ground.hands,
    run: (name, task) => {
      resetTickets(ground);
      const outcomes = new Promise<readonly OutcomeOf<typeof name>[]>((resolve) => {
        const all: OutcomeOf<typeof name>[] = [];
        let missing = crew.length;
        answered = (outcome, index) => {
          all[index] = outcome as OutcomeOf<typeof name>;
          if (--missing === 0) resolve(all);
        };
      });
      for (const worker of crew) worker.postMessage({ name, task } satisfies Order<typeof name>);
      return Promise.race([outcomes, failed]);
    },
    [Symbol.asyncDispose]: async () => {
      signal?.removeEventListener('abort', abort);
      await Promise.all(crew.map((worker) => worker.terminate()));
    },
  };
}

function resetTickets({ tickets }: Ground): void {
  Atomics.store(new Int32Array(tickets), 0, 0);
}

function died({ tickets, pieces }: Ground, index: number, how: string, cause?: unknown): Error {
  const piece = pieces[Atomics.load(new Int32Array(tickets), 1 + index) - 1];
  const where = piece === undefined ? '' : ` The file that it read last: ${piece.file}.`;
  return new Error(`A thread of the exact check ended (${how}).${where}`, { cause });
}
