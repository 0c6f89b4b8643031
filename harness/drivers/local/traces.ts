/**
 * What a run leaves on this machine, so that it can be found and swept after a crash: a small file per run in a folder
 * of this user, written before the first process starts.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Leftover } from '../../core/driver.ts';
import { environmentLacks } from '../../core/errors.ts';
import type { Owner } from '../../core/owner.ts';
import { livingStatOf } from '../agent/proc.ts';
import { endProcesses, processesOf } from './run-processes.ts';

export interface Traces {
  readonly runId: string;
  readonly owner: Owner;
  /** Sockets of nodes and members: short, for the path of a UNIX socket has at most 107 bytes. */
  readonly sockets: string;
  /** Folders and files to remove with the run. */
  readonly rubbish: readonly string[];
  /** The sandbox's outer process. */
  readonly sandbox?: ProcessName;
}

/** A process ID alone is used again; with its start time it is not. */
interface ProcessName {
  readonly pid: number;
  readonly startTicks: string;
}

/** Leaves room for `/snowglobe-UID/RUNID/etcd7.sock` in the 107 bytes of a socket's path. */
const LONGEST_BASE = 60;

/** Begins the traces of a run, and makes its folder of sockets. */
export function beginTraces(runId: string, owner: Owner, rubbish: readonly string[]): Traces {
  const sockets = join(userFolder(), runId);
  const traces = { runId, owner, sockets, rubbish };
  write(traces);
  mkdirSync(sockets, { recursive: true });
  return traces;
}

/** Adds the sandbox, as soon as there is one. */
export function recordSandbox(traces: Traces, pid: number): void {
  write({ ...traces, sandbox: { pid, startTicks: livingStatOf(pid)?.startTicks ?? '' } });
}

/** Every run that has traces here. */
export function listTraces(): readonly Leftover[] {
  const folder = userFolder();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .map((runId) => {
      const traces = read(runId);
      return {
        runId,
        owner: traces?.owner,
        parts: [...processParts(livingProcesses(runId, traces)), ...folderParts(traces)],
      };
    });
}

/** Kills what lives of a run and removes its traces; says what it found. */
export async function removeTraces(runId: string): Promise<readonly string[]> {
  const traces = read(runId);
  const removed = [...processParts(livingProcesses(runId, traces)), ...folderParts(traces)];
  await endProcesses(() => livingProcesses(runId, traces));
  for (const path of [...(traces === undefined ? [] : [traces.sockets, ...traces.rubbish]), fileOf(runId)])
    rmSync(path, { recursive: true, force: true });
  return removed;
}

const processParts = (pids: readonly number[]): string[] => pids.map((pid) => `process ${pid}`);

const folderParts = (traces: Traces | undefined): string[] =>
  [traces?.sockets ?? [], traces?.rubbish ?? []]
    .flat()
    .filter(existsSync)
    .map((path) => `folder ${path}`);

/** The recorded sandbox, and all that carry the run's ID in their environment; never a process of anybody else. */
function livingProcesses(runId: string, traces: Traces | undefined): number[] {
  const { pid: recorded, startTicks: began } = traces?.sandbox ?? {};
  return processesOf(runId, (pid) => pid === recorded && livingStatOf(pid)?.startTicks === began);
}

/** Of this user alone: in a folder that all may write, another user could have made it first. */
function userFolder(): string {
  const uid = process.getuid?.() ?? 0;
  // The sandbox has a /run of its own, in which sockets would not be seen outside; and a long path is none for a socket.
  const base = tmpdir().startsWith('/run/') || tmpdir().length > LONGEST_BASE ? '/tmp' : tmpdir();
  const folder = join(base, `snowglobe-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid: ownedBy } = lstatSync(folder);
  if (ownedBy !== uid)
    throw environmentLacks(`${folder} belongs to another user.`, 'Set TMPDIR to a folder of your own, or remove it.');
  chmodSync(folder, 0o700);
  return folder;
}

const fileOf = (runId: string): string => join(userFolder(), `${runId}.json`);

function read(runId: string): Traces | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(runId), 'utf8')) as Traces;
  } catch {
    return undefined; // no such run, or it has been swept
  }
}

function write(traces: Traces): void {
  const file = fileOf(traces.runId);
  writeFileSync(`${file}.new`, JSON.stringify(traces));
  renameSync(`${file}.new`, file);
}
