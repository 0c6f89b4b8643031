/** A node's process, as it is started and ended by a check. It leads a process group, so that what it forks ends too. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { monotonicNs, sleep } from './clocks.ts';
import type { End } from './evidence.ts';

/** What may still be in the pipe when the process is gone. */
const LAST_WORDS_MS = 200;

export class NodeProcess {
  readonly startedNs = monotonicNs();
  readonly ended: Promise<End>;
  readonly #child: ChildProcess;
  #end: End | undefined;
  #stderr = '';

  constructor(command: readonly string[], environment: NodeJS.ProcessEnv) {
    const [program, ...words] = command as [string, ...string[]];
    this.#child = spawn(program, words, { env: environment, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    const closed = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        // A child of its own may hold the pipe open for ever.
        void Promise.race([closed, sleep(LAST_WORDS_MS)]).then(() => {
          this.#end = { code, signal, stderr: this.#stderr };
          resolve(this.#end);
        });
      };
      this.#child.once('exit', end);
      this.#child.once('error', (error) => {
        this.#stderr += error.message;
        if (this.#child.pid === undefined) end(null, null);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Undefined while it runs. */
  get end(): End | undefined {
    return this.#end;
  }

  /** Asks the process to end; undefined where it has not when the time is over. */
  async askToEnd(signal: 'SIGTERM' | 'SIGINT', withinMs: number): Promise<End | undefined> {
    this.#child.kill(signal);
    return this.endWithin(withinMs);
  }

  async endWithin(withinMs: number): Promise<End | undefined> {
    const late = new AbortController();
    const wait = sleep(withinMs, undefined, { signal: late.signal }).catch(() => undefined);
    const end = await Promise.race([this.ended, wait]);
    late.abort();
    return end;
  }

  /** Ends the whole group at once, whatever is left of it. */
  kill(): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
