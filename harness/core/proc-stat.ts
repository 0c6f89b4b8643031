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
}

/** Undefined for what is no such text. Fields count from the last bracket: the name before it may hold anything, brackets too. */
export function parseProcStat(text: string): ProcStat | undefined {
  const [state, parent, ...fromField5] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = fromField5[22 - 5];
  return state === undefined || startTicks === undefined ? undefined : { state, parent: Number(parent), startTicks };
}

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const CLOCK_TICKS_PER_S = 100;

/** CPU seconds that it has taken, in user and in kernel mode (fields 14 and 15), by all of its threads. */
export function parseCpuSeconds(text: string): number | undefined {
  const fromField3 = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fromField3[14 - 3]) + Number(fromField3[15 - 3]);
  return Number.isFinite(ticks) ? ticks / CLOCK_TICKS_PER_S : undefined;
}
