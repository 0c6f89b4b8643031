/** How long the main thread was ready to run and had no CPU, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import { monotonicNs } from './clocks.ts';

/** /proc/stat counts in clock ticks, of which Linux shows 100 a second on every machine that Node runs on: time(7). */
const TICK_MS = 10;

/** Since the start of the process, in milliseconds. */
interface Counts {
  readonly atMs: number;
  /** The main thread waited for a CPU, or CPUs were stolen: the mean of all CPUs of this machine. */
  readonly waitedMs: number;
  /** CPU time of all threads together. */
  readonly usedMs: number;
}

let last: Counts | undefined;
let sumMs = 0;

/**
 * Milliseconds, of which only differences mean anything; undefined where the kernel does not tell. The time in which the
 * thread waited for a CPU of this machine, and that in which the CPUs were stolen, on average, by others on the machine
 * that this one is a guest of: a thread that is stolen from looks as if it ran. While all threads of the process together
 * used more than one CPU, what it waited for it took from itself: that does not count. It is no exact measure: threads
 * that share one CPU take from the main thread too, and those that use a little more than one may have lost to others.
 *
 * Source: Documentation/scheduler/sched-stats.rst of Linux, `/proc/<pid>/schedstat`: the second figure is the time spent
 * waiting on a run queue, in nanoseconds; that of a process is that of its main thread. proc_stat(5), `cpu`: the eighth
 * figure is stolen time, of all CPUs together.
 */
export function cpuWaitMs(): number | undefined {
  const now = count();
  if (now === undefined) return undefined;
  if (last !== undefined && now.usedMs - last.usedMs <= now.atMs - last.atMs) sumMs += now.waitedMs - last.waitedMs;
  last = now;
  return sumMs;
}

function count(): Counts | undefined {
  try {
    const [, waitedNs] = readFileSync('/proc/self/schedstat', 'latin1').split(' ');
    const [together = '', ...lines] = readFileSync('/proc/stat', 'latin1').split('\n');
    const stolenTicks = together.trim().split(/\s+/)[8];
    const cpus = lines.findIndex((line) => !line.startsWith('cpu'));
    const waitedMs = Number(waitedNs) / 1e6 + (Number(stolenTicks) * TICK_MS) / cpus;
    const { user, system } = process.cpuUsage();
    return Number.isFinite(waitedMs)
      ? { atMs: Number(monotonicNs()) / 1e6, waitedMs, usedMs: (user + system) / 1000 }
      : undefined;
  } catch {
    return undefined;
  }
}
