/** Runs a command and takes its time, from its start to its end, and the memory of all processes that it consists of. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 20;

export interface Watched {
  readonly seconds: number;
  /** The peaks of its processes, added up. */
  readonly peakBytes: number;
  readonly output: string;
}

export async function watched(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Watched> {
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
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return {
    seconds: (end - start) / 1000,
    peakBytes: [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0),
    output,
  };
}

/** The process and all that came of it. */
function familyOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    // The name of a command may hold blanks and brackets: what counts stands behind the last one.
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const family = [root];
  // A list that grows while it is walked is walked to its end.
  for (const parent of family) for (const [pid, of] of parents) if (of === parent) family.push(pid);
  return family;
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
