/**
 * How long threads were ready to run and had no CPU: what the machine kept from them. Source: Documentation/scheduler/
 * sched-stats.rst of Linux, `schedstat` of a thread: the second figure, in nanoseconds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { allPids, startedWith } from '../drivers/agent/proc.ts';

const NS_PER_MS = 1e6;

/** By thread, in milliseconds since its start; undefined where the kernel does not tell. */
export type Waits = ReadonlyMap<string, number> | undefined;

/** Of all threads of processes that were started with this variable, and of this process's main thread. */
export function waitsNow(variable: string, value: string): Waits {
  const own = waitOf('/proc/self/schedstat');
  if (own === undefined) return undefined;
  const waits = new Map([['own', own]]);
  for (const pid of allPids().filter((each) => startedWith(each, variable, value)))
    for (const thread of threadsOf(pid)) {
      const wait = waitOf(`/proc/${pid}/task/${thread}/schedstat`);
      if (wait !== undefined) waits.set(thread, wait);
    }
  return waits;
}

/** The longest that one thread waited in between, in milliseconds. */
export function longestWaitMs(before: Waits, after: Waits): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  return Math.max(...[...after].map(([thread, waited]) => waited - (before.get(thread) ?? 0)));
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

function waitOf(file: string): number | undefined {
  try {
    const waitedMs = Number(readFileSync(file, 'latin1').split(' ')[1]) / NS_PER_MS;
    return Number.isFinite(waitedMs) ? waitedMs : undefined;
  } catch {
    return undefined;
  }
}
