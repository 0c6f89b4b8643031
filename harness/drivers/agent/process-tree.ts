/**
 * A process and what it forked: a database is many processes, which have to be killed and stopped together.
 */
import { allPids, livingStatOf } from './proc.ts';

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
  return allPids().flatMap((pid) => {
    const stat = livingStatOf(pid);
    return stat === undefined ? [] : [{ pid, parent: stat.parent }];
  });
}
