/** What a process and all that it started take of the machine, by /proc. Source: proc(5). */
import { readFileSync, readdirSync } from 'node:fs';

export interface TreeUse {
  /** The greatest sum of resident memory of all of them at one moment. */
  readonly peakBytes: number;
  /** User and system time of all of them, those that ended too. */
  readonly cpuSeconds: number;
}

const EVERY_MS = 50;
const PAGE_BYTES = 4096;
const TICKS_PER_SECOND = 100;

/** Looks until it is told to stop; what began and ended between two looks goes unseen. */
export function watchTree(root: number): () => TreeUse {
  let peakBytes = 0;
  const ticks = new Map<number, number>();
  const look = (): void => {
    let bytes = 0;
    for (const pid of treeOf(root)) {
      const use = useOf(pid);
      if (use === undefined) continue;
      bytes += use.bytes;
      ticks.set(pid, use.ticks);
    }
    peakBytes = Math.max(peakBytes, bytes);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return { peakBytes, cpuSeconds: [...ticks.values()].reduce((sum, n) => sum + n, 0) / TICKS_PER_SECOND };
  };
}

function treeOf(root: number): readonly number[] {
  const found = [root];
  for (const pid of found)
    try {
      for (const thread of readdirSync(`/proc/${pid}/task`))
        found.push(
          ...readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
        );
    } catch {
      // It has ended.
    }
  return found;
}

function useOf(pid: number): { readonly bytes: number; readonly ticks: number } | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    // Fields 14 and 15, utime and stime; those after the name begin at 3.
    return { bytes: pages * PAGE_BYTES, ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
