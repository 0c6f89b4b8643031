/**
 * Whether the processes of a service read the clock that a run gives them, seen from outside: that the recorder beside
 * them does proves nothing of them. Runs in the agent.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../core/errors.ts';
import { livingStatOf } from '../proc.ts';
import { withDescendants } from '../process-tree.ts';
import { backendNamed } from './choose-clock.ts';
import type { ClockBackend } from './clock-backend.ts';
import { runningProcess } from './running-process.ts';

export interface AskedClock {
  /** The name of its backend. */
  readonly backend: string;
  readonly settingFile: string;
}

/** As long as a program may take to be loaded, on a busy machine: until then nothing is mapped into it. */
const LOADS_MS = 50;

/**
 * `pids`: those that there are. Looks again at one that is not seen under its clock: it may just be loaded. No
 * `unskewed`: all are; no `pids`: there is nobody to look at.
 */
export async function mintersUnder(
  { backend: name, settingFile }: AskedClock,
  candidates: () => readonly number[],
): Promise<{ readonly pids: readonly number[]; readonly unskewed?: string }> {
  const backend = backendNamed(name);
  if (backend === undefined) throw new Error(`there is no clock tool ${name}`);
  const look = (): { readonly pids: readonly number[]; readonly unskewed?: string } => {
    const pids = mintersOf(candidates());
    const unskewed = pids.map((pid) => unseen(backend, settingFile, pid)).find((why) => why !== undefined);
    return { pids, ...(unskewed !== undefined && { unskewed }) };
  };
  const first = look();
  if (first.unskewed === undefined) return first;
  await sleep(LOADS_MS);
  return look();
}

/** Those that listen and what they started, or all where none listens: what stands before them serves nobody. */
function mintersOf(pids: readonly number[]): readonly number[] {
  const listening = listeningSockets();
  const listeners = pids.filter((pid) => socketsOf(pid).some((socket) => listening.has(socket)));
  if (listeners.length === 0) return pids.filter((pid) => livingStatOf(pid) !== undefined);
  return withDescendants(listeners).filter((pid) => livingStatOf(pid) !== undefined);
}

function unseen(backend: ClockBackend, settingFile: string, pid: number): string | undefined {
  try {
    const process = runningProcess(pid);
    const why = backend.refuses(process.program) ?? backend.unseenIn(process, settingFile);
    return why === undefined ? undefined : `${process.program.name} (process ${pid}) ${why}`;
  } catch (error) {
    // It ended between the looks: it mints no more.
    if (livingStatOf(pid) === undefined) return undefined;
    return `process ${pid} cannot be looked at (${messageOf(error)})`;
  }
}

const LISTENS = '0A';

/** Of the network namespace of this process, by their inodes. */
function listeningSockets(): ReadonlySet<string> {
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].map(textOf);
  const rows = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)));
  return new Set(rows.flatMap(([, , , state, , , , , , inode]) => (state === LISTENS && inode ? [inode] : [])));
}

function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1] ?? []);
  } catch {
    return []; // it has ended, or is of somebody else: whoever asks sees that none listens
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

/** A kernel without IPv6 has no such table. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
