/** The processes of a run, found by the label that all of them carry in their environment, and their end. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_VARIABLE } from './sandbox-protocol.ts';

/** How long the kernel may take to end what was killed. */
const GONE_MS = 5000;

/** All that carry the run's ID in their environment, or of which `isToo` says that they belong to it, and live. */
export function processesOf(runId: string, isToo: (pid: number) => boolean = () => false): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => (isToo(pid) || carries(pid, runId)) && startTicks(pid) !== undefined);
}

/** Kills what `find` finds until it finds nothing, and removes what that leaves in shared memory. */
export async function endProcesses(find: () => readonly number[]): Promise<void> {
  const found = new Set<number>();
  const end = performance.now() + GONE_MS;
  for (let left = find(); left.length > 0; left = find()) {
    if (performance.now() > end) throw new Error(`Processes do not end: ${left.join(', ')}.`);
    for (const pid of left) {
      found.add(pid);
      kill(pid);
    }
    await sleep(10);
  }
  for (const pid of found) removeSharedMemory(pid);
}

/**
 * Of a process that is gone. libfaketime shares two files with children that a process may have, and one that is killed
 * leaves them; in a sandbox of namespaces they went with its mounts.
 */
export function removeSharedMemory(pid: number): void {
  for (const file of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(`/dev/shm/${file}`, { force: true });
}

/** Field 22 of /proc/PID/stat, counted from the end of the name, which may hold anything. A zombie has ended. */
export function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function carries(pid: number, runId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${SANDBOX_VARIABLE}=${runId}`);
  } catch {
    return false; // it ended meanwhile, or belongs to another user
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
