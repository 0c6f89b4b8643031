/**
 * Runs the command line as a user does, as a process of its own, for tests: its output, its exit, its run folder.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry } from '../core/journal.ts';
import type { Run } from '../core/run.ts';
import { readJournal } from '../engine/journal.ts';
import { JOURNAL_FILE, RUN_FILE } from '../engine/record.ts';

const MAIN = join(import.meta.dirname, '../main.ts');

export interface CliProcess {
  readonly child: ChildProcess;
  /** All that it printed so far, both streams. */
  output(): string;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

/** `detached`: in a process group of its own, so that a test can signal it as a whole. */
export function snowglobe(
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
  cwd = process.cwd(),
  detached = false,
): CliProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  return { child, output: () => stdout + stderr, ended };
}

/** The folder of the one run below `runs`, once it is there. */
export async function runFolder(runs: string): Promise<string> {
  return eventually(`a run in ${runs}`, 15_000, () => {
    const scenarios = existsSync(runs) ? readdirSync(runs) : [];
    const folders = scenarios.flatMap((scenario) =>
      readdirSync(join(runs, scenario)).map((run) => join(runs, scenario, run)),
    );
    return folders.find((folder) => existsSync(join(folder, RUN_FILE)));
  });
}

export function readRun(folder: string): Run {
  return JSON.parse(readFileSync(join(folder, RUN_FILE), 'utf8')) as Run;
}

/** Waits until the run's journal has an entry that `wanted` likes. */
export async function journalHas(
  folder: string,
  what: string,
  wanted: (entry: JournalEntry) => boolean,
): Promise<JournalEntry> {
  const file = join(folder, JOURNAL_FILE);
  return eventually(what, 30_000, () => (existsSync(file) ? readJournal(file).entries.find(wanted) : undefined));
}

export async function eventually<Value>(
  what: string,
  withinMs: number,
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(100);
  }
}
