/**
 * A process and what it forked: a database is many processes, which have to be killed and stopped together.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** These processes and all that descend from them, parents first: a parent that is gone starts no new ones. */
export function withDescendants(pids: readonly number[]): number[] {
  if (pids.length === 0) return [];
  const children = Map.groupBy(allProcesses(), ({ parent }) => parent);
  const found = new Set(pids);
  // A set that grows while it is walked is walked to its end.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child.pid);
  return [...found];
}

function allProcesses(): { readonly pid: number; readonly parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const parent = parentOf(name);
      return parent === undefined ? [] : [{ pid: Number(name), parent }];
    });
}

/** Field 4 of /proc/PID/stat, counted from the end of the name, which may hold anything. A zombie has ended. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined; // it ended meanwhile
  }
}
