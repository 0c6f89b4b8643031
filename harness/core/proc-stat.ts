/**
 * What the kernel tells of a process, or of a thread, in /proc/PID/stat. Source: proc(5), `/proc/pid/stat`. Pure.
 */
export interface ProcStat {
  /** Field 3, one letter: `R` runs, `S` and `D` wait, `T` is stopped, `Z` has ended and waits to be reaped. */
  readonly state: string;
  /** Field 4. */
  readonly parent: number;
  /** Field 22: when it started, in clock ticks since boot, a decimal string. With the process ID it names one process. */
  readonly startTicks: string;
  /** Fields 14 and 15: CPU time in user and in kernel mode, all threads, in clock ticks (100 a second on Linux). */
  readonly cpuTicks: number;
}

/** USER_HZ, which is 100 on every architecture that Node runs on. */
export const CLOCK_TICKS_PER_S = 100;

/** Undefined for what is no such text. Fields count from the last bracket: the name before it may hold anything, brackets too. */
export function parseProcStat(text: string): ProcStat | undefined {
  const [state, parent, ...fromField5] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = fromField5[22 - 5];
  const cpuTicks = Number(fromField5[14 - 5]) + Number(fromField5[15 - 5]);
  return state === undefined || startTicks === undefined
    ? undefined
    : { state, parent: Number(parent), startTicks, cpuTicks };
}
