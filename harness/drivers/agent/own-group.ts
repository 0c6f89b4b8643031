/**
 * Short-lived programs that the harness runs beside itself, each in a process group of its own: a terminal sends Ctrl-C to
 * every process of its foreground group, and it is for the harness alone, which heals and then ends. A program that died
 * of it would look like one that failed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** For any call of `node:child_process`; those that wait take it too, although their types do not say so. */
export const OWN_GROUP = { detached: true } as const;

interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** After this it is killed, and all that it started; milliseconds. */
  readonly timeout?: number;
}

/** A program that ended badly; what it had printed and complained of by then is kept. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  readonly stdout: string;
  readonly stderr: string;
  /** The one that ended it; null where it ended by itself. */
  readonly signal: string | null;

  constructor(message: string, { stdout, stderr, signal }: Pick<ProgramFailed, 'stdout' | 'stderr' | 'signal'>) {
    super(message);
    this.stdout = stdout;
    this.stderr = stderr;
    this.signal = signal;
  }
}

/** What a program prints. Rejects with `ProgramFailed` when it ended badly, and as `spawn` does when there is none. */
export async function outputOf(
  program: string,
  args: readonly string[],
  { env, timeout }: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, { ...(env && { env }), ...OWN_GROUP, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = timeout === undefined ? undefined : setTimeout(() => killGroup(child.pid), timeout);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]).finally(() => clearTimeout(timer));
  if (code === 0) return stdout;
  const how = signal === null ? `exit ${code}` : `ended by ${signal}`;
  throw new ProgramFailed(`${[program, ...args].join(' ')}: ${stderr.trim() || how}`, { stdout, stderr, signal });
}

/** Not the program alone: what it started may hold the ends of its pipes, and would be waited for. */
export function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What a program prints, at once; within 5 s. Throws as `execFileSync` does. What it complains of is dropped. */
export function outputOfSync(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    ...OWN_GROUP,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5000,
  });
}
