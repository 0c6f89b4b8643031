/**
 * The processes of this machine, or of this pod, as /proc shows them (proc(5)). Whatever ends while it is looked at is
 * not there; what belongs to another user and may not be read is not either.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseProcStat, type ProcStat } from '../../core/proc-stat.ts';

/** Processes, not their threads; those that have ended and wait to be reaped are among them. */
export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

export function statOf(pid: number): ProcStat | undefined {
  return statIn(String(pid));
}

/** Undefined where it has ended, although nobody has reaped it yet. */
export function livingStatOf(pid: number): ProcStat | undefined {
  const stat = statOf(pid);
  return stat?.state === 'Z' ? undefined : stat;
}

/** The states of all threads of a process; none when it has ended. */
export function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => statIn(`${pid}/task/${thread}`)?.state ?? []);
  } catch {
    return [];
  }
}

/** How long threads may take to stop. One that waits for a disk cannot: whoever measures it will see. */
const STOP_MS = 300;

/**
 * For processes that were sent SIGSTOP: on a busy machine their threads may run, and answer, for some milliseconds after
 * it. Gives up after 300 ms.
 */
export async function untilStopped(pids: readonly number[]): Promise<void> {
  const giveUpAt = performance.now() + STOP_MS;
  while (performance.now() < giveUpAt && pids.some((pid) => threadStates(pid).some((state) => !'TZX'.includes(state))))
    await sleep(1);
}

/** How long the kernel may take to end what was killed, on a busy machine. */
const END_MS = 1000;

/** For processes that were sent SIGKILL: whoever is told that they are dead must not meet one. Gives up after a second. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const giveUpAt = performance.now() + END_MS;
  while (performance.now() < giveUpAt && pids.some((pid) => livingStatOf(pid) !== undefined)) await sleep(1);
}

/**
 * Whether a process was started with this variable in its environment. A process that is being replaced by exec has
 * none for a moment, a zombie has none, nor has what writes its title over it, as a database does.
 */
export function startedWith(pid: number, variable: string, value: string): boolean {
  try {
    return hasEntry(readFileSync(`/proc/${pid}/environ`, 'latin1'), `${variable}=${value}`);
  } catch {
    return false;
  }
}

/** Whether an entry stands in the text of /proc/PID/environ, whole. */
export function hasEntry(environ: string, entry: string): boolean {
  return environ.split('\0').includes(entry);
}

/** Of a process or a thread, by its folder under /proc. */
function statIn(folder: string): ProcStat | undefined {
  try {
    return parseProcStat(readFileSync(`/proc/${folder}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}
