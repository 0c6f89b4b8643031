/** How long the main thread was ready to run and had no CPU, as the kernel counts it. */
import { readFileSync } from 'node:fs';

/** /proc/stat counts in clock ticks, of which Linux shows 100 a second on every machine that Node runs on: time(7). */
const TICK_MS = 10;

/**
 * Milliseconds, of which only differences mean anything; undefined where the kernel does not tell. The time in which the
 * thread waited for a CPU of this machine, and that in which the CPUs were stolen, on average, by others on the machine
 * that this one is a guest of: a thread that is stolen from looks as if it ran.
 *
 * Source: Documentation/scheduler/sched-stats.rst of Linux, `/proc/<pid>/schedstat`: the second figure is the time spent
 * waiting on a run queue, in nanoseconds; that of a process is that of its main thread. proc_stat(5), `cpu`: the eighth
 * figure is stolen time, of all CPUs together.
 */
export function cpuWaitMs(): number | undefined {
  try {
    const [, waitedNs] = readFileSync('/proc/self/schedstat', 'latin1').split(' ');
    const [together = '', ...lines] = readFileSync('/proc/stat', 'latin1').split('\n');
    const stolenTicks = together.trim().split(/\s+/)[8];
    const cpus = lines.findIndex((line) => !line.startsWith('cpu'));
    const waitMs = Number(waitedNs) / 1e6 + (Number(stolenTicks) * TICK_MS) / cpus;
    return Number.isFinite(waitMs) ? waitMs : undefined;
  } catch {
    return undefined;
  }
}
