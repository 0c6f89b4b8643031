/**
 * Tells whether the harness that owns a run still lives, from facts that a reused process ID cannot forge.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner } from '../core/owner.ts';
import { parseProcStat } from '../core/proc-stat.ts';

/** This process as an owner. */
export function thisOwner(): Owner {
  return { ...thisPlace(), pid: process.pid, startTicks: startTicks(process.pid) ?? '' };
}

/**
 * `dead`: certainly gone. `alive`: certainly there. `elsewhere`: it belongs to another machine or PID namespace, so this
 * process cannot tell and must leave it alone.
 */
export function ownerState(owner: Owner): 'dead' | 'alive' | 'elsewhere' {
  const here = thisPlace();
  if (owner.machineId !== here.machineId) return 'elsewhere';
  if (owner.bootId !== here.bootId) return 'dead';
  if (owner.pidNamespace !== here.pidNamespace) return 'elsewhere';
  return startTicks(owner.pid) === owner.startTicks ? 'alive' : 'dead';
}

function thisPlace(): Omit<Owner, 'pid' | 'startTicks'> {
  return {
    machineId: read('/etc/machine-id') ?? hostname(),
    bootId: read('/proc/sys/kernel/random/boot_id') ?? '',
    pidNamespace: link('/proc/self/ns/pid') ?? '',
  };
}

function startTicks(pid: number): string | undefined {
  const stat = parseProcStat(read(`/proc/${pid}/stat`) ?? '');
  // A zombie has ended; it only waits to be reaped.
  return stat?.state === 'Z' ? undefined : stat?.startTicks;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function link(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
