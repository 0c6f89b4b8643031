/**
 * The process of a service: a child of the node's own process, under the same clock. What it says goes to the node's log;
 * when it ends, the node ends, and when the node ends, it does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

/** Lines that are quoted where it does not do what it should, and how long each may be. */
const LAST_LINES = 5;
const LINE_MAX = 400;
/** A line that does not end is cut here. */
const UNENDED_MAX = 64 * 1024;
/** How long a service may take to end, once it is asked to; a little less than its node may. */
const END_MS = 800;
/** How long the last words of a process may be on their way when it has ended. */
const LAST_WORDS_MS = 100;

/** By which the fault agent finds the processes of a node, and a sandbox its own. */
const INHERITED = ['PATH', 'HOME', 'SNOWGLOBE_WORKLOAD', 'SNOWGLOBE_SANDBOX'] as const;

export interface ServiceCommand {
  /** With the words that put it under its clock. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #last: string[] = [];
  /** How it ended, with its last words; rejects where it could not be started. */
  readonly ended: Promise<string>;

  /**
   * `log` gets what it says, line by line. `onLine` gets the lines of its standard output in place of the log: it speaks
   * with us there.
   */
  constructor(command: ServiceCommand, log: (text: string) => void, onLine?: (line: string) => void) {
    const [program, ...words] = [...dyingWithUs(), ...command.words] as [string, ...string[]];
    const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
    this.#child = spawn(program, words, {
      env: { ...Object.fromEntries(inherited), ...command.environment },
      stdio: [onLine === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const tell = (lines: readonly string[]): void => {
      this.#last.push(...lines.map((line) => line.slice(0, LINE_MAX)));
      this.#last.splice(0, this.#last.length - LAST_LINES);
      log(lines.map((line) => `service: ${line}`).join('\n'));
    };
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on('error', () => undefined); // it has ended, and that is told
    if (stderr !== null) eachLine(stderr, tell);
    if (stdout !== null) eachLine(stdout, onLine === undefined ? tell : (lines) => lines.forEach(onLine));
    process.once('exit', this.#kill);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => {
        process.off('exit', this.#kill);
        // Whoever it forked may hold its output open: its end is not waited for.
        const said = new Promise((closed) => this.#child.once('close', closed));
        void Promise.race([said, sleep(LAST_WORDS_MS)]).then(() =>
          resolve(`${signal ?? `exit ${code}`}${this.lastWords()}`),
        );
      });
    });
  }

  readonly #kill = (): void => void this.#child.kill('SIGKILL');

  /** `; its last words: …`, in one line; empty where it said nothing. */
  lastWords(): string {
    return this.#last.length === 0 ? '' : `; its last words: ${this.#last.join(' | ')}`;
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** SIGTERM, a moment, SIGKILL. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await Promise.race([this.ended, sleep(END_MS)]);
    this.#kill();
  }
}

/**
 * Words before a command that let the kernel kill it when this process is killed: without them a service would go on
 * minting for a node that is gone. Where there is no setpriv, whoever kills the node kills the service with it.
 */
function dyingWithUs(): readonly string[] {
  const isHere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'setpriv'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return isHere && process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
}

/** Calls back with the whole lines of each piece that comes, and at the end with what is left. */
function eachLine(stream: NodeJS.ReadableStream, tell: (lines: readonly string[]) => void): void {
  const decoder = new StringDecoder();
  let begun = '';
  stream.on('data', (bytes: Buffer) => {
    const lines = (begun + decoder.write(bytes)).split(/\r?\n/);
    begun = lines.pop() as string;
    if (begun.length > UNENDED_MAX) lines.push(begun.slice(0, UNENDED_MAX));
    if (begun.length > UNENDED_MAX) begun = '';
    if (lines.length > 0) tell(lines);
  });
  stream.on('end', () => {
    if (begun !== '') tell([begun]);
  });
}
