/** The processes of a run, found by the label that all of them carry in their environment, and their end. */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { allPids, livingStatOf, startedWith } from '../agent/proc.ts';
import { withDescendants } from '../agent/process-tree.ts';
import { SANDBOX_VARIABLE } from './sandbox-protocol.ts';

/** How long the kernel may take to end what was killed. */
const GONE_MS = 5000;

/** All that carry the run's ID in their environment, or of which `isToo` says that they belong to it, and live. */
export function processesOf(runId: string, isToo: (pid: number) => boolean = () => false): number[] {
  return allPids().filter(
    (pid) => (isToo(pid) || startedWith(pid, SANDBOX_VARIABLE, runId)) && livingStatOf(pid) !== undefined,
  );
}

/**
 * Kills what `find` finds, and what that started, until it finds nothing; removes what that leaves in shared memory. A
 * service may start others with an environment of their own, which carries no label.
 */
export async function endProcesses(find: () => readonly number[]): Promise<void> {
  const found = new Set<number>();
  const end = performance.now() + GONE_MS;
  for (let left = find(); left.length > 0; left = find()) {
    if (performance.now() > end) throw new Error(`Processes do not end: ${left.join(', ')}.`);
    for (const pid of withDescendants(left)) {
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

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
