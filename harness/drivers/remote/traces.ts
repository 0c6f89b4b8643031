/**
 * What a run of this driver leaves on this machine: a file for each run, written before the first process starts, with
 * what its hooks still owe.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Leftover } from '../../core/driver.ts';
import type { Owner } from '../../core/owner.ts';
import { allPids, livingStatOf, startedWith } from '../agent/proc.ts';

/** The environment variable by which a process is known to belong to a run. */
export const RUN_VARIABLE = 'SNOWGLOBE_REMOTE_RUN';

interface Trace {
  readonly owner: Owner;
  /** For hooks; goes with the run. */
  readonly folder: string;
  /** Commands that put something right, by the disturbance that they undo. */
  readonly owed: { readonly [key: string]: string };
}

export function beginTrace(runId: string, owner: Owner): Trace {
  const folder = join(userFolder(), runId);
  mkdirSync(folder, { recursive: true });
  const trace = { owner, folder, owed: {} };
  write(runId, trace);
  return trace;
}

export function traceOf(runId: string): Trace | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(runId), 'utf8')) as Trace;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const owedBy = (runId: string): Trace['owed'] => traceOf(runId)?.owed ?? {};

export function keepOwed(runId: string, owed: Trace['owed']): void {
  const trace = traceOf(runId);
  if (trace === undefined) throw new Error(`the run ${runId} has left no trace here`);
  write(runId, { ...trace, owed });
}

export function endTrace(runId: string): void {
  const trace = traceOf(runId);
  if (trace !== undefined) rmSync(trace.folder, { recursive: true, force: true });
  rmSync(fileOf(runId), { force: true });
}

export function listTraces(): readonly Leftover[] {
  return readdirSync(userFolder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .map((runId) => {
      const trace = traceOf(runId);
      return {
        runId,
        owner: trace?.owner,
        parts: [
          ...processesOf(runId).map((pid) => `process ${pid}`),
          ...Object.entries(trace?.owed ?? {}).map(([key, command]) => `hook ${key}: ${command}`),
          `folder ${trace?.folder}`,
        ],
      };
    });
}

export function processesOf(runId: string): readonly number[] {
  return allPids().filter((pid) => startedWith(pid, RUN_VARIABLE, runId) && livingStatOf(pid) !== undefined);
}

function userFolder(): string {
  const folder = join(tmpdir(), `snowglobe-remote-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700); // commands of hooks are run from it
  return folder;
}

const fileOf = (runId: string): string => join(userFolder(), `${runId}.json`);

/** Whole or not at all: what is owed must survive a kill in between. */
function write(runId: string, trace: Trace): void {
  const file = fileOf(runId);
  writeFileSync(`${file}.new`, JSON.stringify(trace), { flush: true });
  renameSync(`${file}.new`, file);
}
