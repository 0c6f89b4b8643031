/** A lane of a module, as the node sees it: a thread or a process that mints one batch at a time. */
import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../harness/core/errors.ts';
import { GeneratorFault, moduleFault } from '../../harness/core/minter-problem.ts';
import { REQUEST_IDS_MAX } from '../../harness/core/request-size.ts';
import type { FromLane, LaneCall, LaneStart, Minted } from './lane-protocol.ts';

export interface ModuleLane {
  /** Fills the front of `into`; the caller never has two open. */
  mint(into: BigUint64Array, count: number): Promise<Minted>;
  close(): void;
}

/** Beside this file, or beside the shell where that is one file (tools/build.ts). */
const ENTRY = new URL(`lane-entry${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/** Resolves when it can be called; rejects with a GeneratorFault where the module is of no use. */
export async function startThreadLane(start: Omit<LaneStart, 'shared'>): Promise<ModuleLane> {
  const shared = new SharedArrayBuffer((REQUEST_IDS_MAX * start.idBits) / 8);
  const words = new BigUint64Array(shared);
  const worker = new Worker(ENTRY, { workerData: { ...start, shared } satisfies LaneStart });
  const talk = new Talk(start);
  worker.on('message', (word: FromLane) => talk.heard(word));
  worker.on('error', (error) => talk.ended(messageOf(error)));
  worker.on('exit', (code) => talk.ended(`its thread ended, exit ${code}`));
  await talk.ready;
  return {
    async mint(into, count) {
      const told = await talk.ask(() => worker.postMessage({ count } satisfies LaneCall));
      into.set(words.subarray(0, (told.minted * start.idBits) / 64));
      return told;
    },
    close() {
      talk.closing();
      void worker.terminate();
    },
  };
}

/** As `startThreadLane`; `prefix`: the words that put a command under the clock of the node. */
export async function startProcessLane(start: LaneStart, prefix: readonly string[]): Promise<ModuleLane> {
  const [program, ...words] = [...prefix, process.execPath, fileURLToPath(ENTRY)];
  // Its environment is the node's own: agents find it, and its clock, by that.
  const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
  const talk = new Talk(start);
  child.on('message', (word: FromLane) => talk.heard(word));
  child.on('error', (error) => talk.ended(messageOf(error)));
  child.on('exit', (code, signal) => talk.ended(`its process ended, ${signal ?? `exit ${code}`}`));
  child.send(start);
  await talk.ready;
  return {
    async mint(into, count) {
      const { ids, ...told } = await talk.ask(() => child.send({ count } satisfies LaneCall));
      if (ids !== undefined) new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(ids);
      return told;
    },
    close() {
      talk.closing();
      child.kill('SIGKILL');
    },
  };
}

type Told = Extract<FromLane, { readonly kind: 'minted' }>;

/** One question at a time, one answer each. A lane that ends takes the node with it, as a defect does. */
class Talk {
  readonly ready: Promise<void>;
  readonly #module: string;
  readonly #lane: number;
  #begun: PromiseWithResolvers<void> | undefined = Promise.withResolvers();
  #answered: (told: Told) => void = () => undefined;
  #isOver = false;

  constructor({ module, context }: LaneStart) {
    this.#module = module;
    this.#lane = context.lane;
    this.ready = this.#begun!.promise;
  }

  ask(send: () => void): Promise<Told> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      send();
    });
  }

  heard(word: FromLane): void {
    switch (word.kind) {
      case 'minted':
        return this.#answered(word);
      case 'ready':
        this.#begun?.resolve();
        this.#begun = undefined;
        return;
      case 'cannot start':
        this.#isOver = true;
        this.#begun?.reject(new GeneratorFault(moduleFault(this.#module, word.why)));
    }
  }

  /** Ends of a lane come in more than one event: the first one tells why. */
  ended(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const fault = new GeneratorFault(moduleFault(this.#module, `ended lane ${this.#lane} (${why})`));
    if (this.#begun === undefined) throw fault;
    this.#begun.reject(fault);
  }

  closing(): void {
    this.#isOver = true;
  }
}
