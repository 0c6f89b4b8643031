/**
 * Commands and answers as JSON lines over a pair of streams: how the harness speaks to the programs it starts in pods
 * and sandboxes.
 */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A command as the caller writes it; the client numbers it. Distributes over a union of commands. */
export type WithoutId<Command> = Command extends unknown ? Omit<Command, 'id'> : never;

/** Answers that carry a result. */
export type Succeeded<Answer> = Extract<Answer, { readonly ok: true }>;

interface Waiting<Answer> {
  resolve(answer: Succeeded<Answer>): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

type AnyAnswer =
  { readonly id: number; readonly ok: true } | { readonly id: number; readonly ok: false; readonly error: string };

/** One client, one peer. Every command ends: by its answer, by its deadline, or by the end of the connection. */
export class LineClient<Command extends { readonly id: number; readonly do: string }, Answer extends AnyAnswer> {
  /** Resolves when the peer will answer no more. */
  readonly ended: Promise<void>;
  readonly #name: string;
  readonly #commands: Writable;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #nextId = 1;
  #open = true;

  /** `name` is for messages: `agent of n1`. */
  constructor(name: string, answers: Readable, commands: Writable) {
    this.#name = name;
    this.#commands = commands;
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#end();
        resolve();
      };
      createInterface({ input: answers })
        .on('line', (line) => this.#take(line))
        .on('close', end);
      answers.on('error', end);
      commands.on('error', end);
    });
  }

  /** Rejects when the peer says that it failed, answers nothing in time, or is gone. */
  send(command: WithoutId<Command>, timeoutMs = 2000): Promise<Succeeded<Answer>> {
    const what = (command as { do: string }).do;
    if (!this.#open) return Promise.reject(new Error(`${this.#name} is gone, so "${what}" was not done.`));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${this.#name} did not answer "${what}" within ${timeoutMs} ms.`));
      }, timeoutMs);
      const fail = (error: Error): void => reject(new Error(`${this.#name}: "${what}" failed: ${error.message}`));
      this.#waiting.set(id, { resolve, reject: fail, timer });
      this.#commands.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  /** Ends the peer's input, which tells it to undo everything and exit, and waits for its end at most `timeoutMs`. */
  async close(timeoutMs = 2000): Promise<void> {
    this.#commands.end();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.ended, tooLong]);
    clearTimeout(timer);
    this.#commands.destroy();
    this.#end();
  }

  #take(line: string): void {
    const answer = JSON.parse(line) as Answer;
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return; // its deadline has passed
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.ok) waiting.resolve(answer as Succeeded<Answer>);
    else waiting.reject(new Error(answer.error));
  }

  #end(): void {
    this.#open = false;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Error('the connection ended'));
    }
    this.#waiting.clear();
  }
}
