/** A recorder beside the harness. It dies with the harness, by the kernel's hand where there is `setpriv`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { ProcessControl, Termination } from '../../core/cluster.ts';
import { endInWords, lastWords } from '../agent/last-words.ts';
import { statOf } from '../agent/proc.ts';

const ITS_OWN = 'it is no node, but the recorder of one that runs elsewhere';
const refuse = (): Promise<never> => Promise.reject(new Error(ITS_OWN));

export class RecorderProcess implements ProcessControl {
  readonly #shell: string;
  readonly #log: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(shell: string, log: string, environment: Readonly<Record<string, string>>) {
    this.#shell = shell;
    this.#log = log;
    this.#environment = environment;
  }

  async start(): Promise<void> {
    if (this.#living !== undefined) return;
    const output = openSync(this.#log, 'a');
    try {
      // A session of its own: Ctrl-C on a terminal is for the harness, which ends it after the drain.
      this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, this.#shell], {
        detached: true,
        env: { PATH: process.env['PATH'] ?? '', ...this.#environment },
        stdio: ['ignore', output, output],
      });
      await once(this.#child, 'spawn');
    } finally {
      closeSync(output);
    }
  }

  async alive(): Promise<boolean> {
    return this.#living !== undefined;
  }

  async identity(): Promise<string | undefined> {
    const pid = this.#living?.pid;
    const startTicks = pid === undefined ? undefined : statOf(pid)?.startTicks;
    return startTicks === undefined ? undefined : `${pid}@${startTicks}`;
  }

  async lastWords(): Promise<string | undefined> {
    const child = this.#child;
    return child === undefined ? undefined : lastWords(endInWords(child.signalCode ?? child.exitCode), this.#log);
  }

  readonly kill = refuse;
  readonly pause = refuse;
  readonly resume = refuse;
  readonly slow = refuse;
  readonly share = refuse;
  readonly terminate = refuse as () => Promise<Termination>;

  get #living(): ChildProcess | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child : undefined;
  }
}
