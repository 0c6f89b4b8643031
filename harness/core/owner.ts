/**
 * Who owns a run: enough to tell, after a crash, whether the harness that started it still lives. A process ID alone
 * is reused; with its start time, boot and PID namespace it is not.
 */
export interface Owner {
  readonly machineId: string;
  readonly bootId: string;
  /** Inode of /proc/self/ns/pid; empty where there is none. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Start time of the process in clock ticks since boot, decimal string. */
  readonly startTicks: string;
}
