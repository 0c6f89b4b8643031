/** Runs a command and takes its time, from its start to its end, and the memory of all processes that it consists of. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 50;

export interface Watched {
  readonly seconds: number;
  /** The peaks of its processes, added up. */
  readonly peakBytes: number;
  readonly output: string;
}

/** Throws where it does not end with the exit code that is expected. */
export async function watched(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  expected = 0,
): Promise<Watched> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let code: number | null | undefined;
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (how) => {
      code = how;
      resolve(performance.now());
    });
  });
  // A process remembers its own peak: only the last moments before it ends go unseen.
  const peaks = new Map<number, number>();
  const watch = (async () => {
    while (code === undefined) {
      for (const pid of familyOf(child.pid!)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
      await sleep(SAMPLE_MS);
    }
  })();
  const end = await ended;
  await watch;
  if (code !== expected) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return {
    seconds: (end - start) / 1000,
    peakBytes: [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0),
    output,
  };
}

/** The process and all that came of it. Looks at these alone: a walk over all of /proc would be a load of its own. */
function familyOf(root: number): readonly number[] {
  const family = [root];
  // A list that grows while it is walked is walked to its end.
  for (const pid of family)
    for (const thread of threadsOf(pid))
      family.push(...read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
  return family;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Nothing of a process that has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
