/**
 * A harness as a process of its own, for trials that kill it or let it stand still: started as a user starts it, by the
 * launcher, on a scenario in which everything that could be left behind is in use.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry } from '../../harness/core/journal.ts';
import type { Owner } from '../../harness/core/owner.ts';
import type { ScenarioInput } from '../../harness/core/scenario.ts';
import { readJournal } from '../../harness/engine/journal.ts';
import { JOURNAL_FILE, OWNER_FILE } from '../../harness/engine/record.ts';
import { readRun, runFolder } from '../../harness/laws/cli-process.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/snowglobe.cjs');

/** 25 s of load. Clocks, rules, stopped, slowed and dead processes all at once, so that a kill at any moment leaves some. */
const BUSY: ScenarioInput = {
  name: 'busy',
  question: 'What is left when the harness dies or stands still in the midst of this?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3, options: { pool: 3, ttlMs: 3000 } },
  pool: 3,
  load: { idsPerSecond: 2000, batch: { min: 1, max: 50, mean: 10 } },
  warmUpMs: 2000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'everything',
        lengthMs: 15_000,
        disturbances: [
          { fault: 'clock-step', options: { node: 'n1', byMs: -4000 }, atMs: 0, forMs: 13_000 },
          { fault: 'cut-from-etcd', options: { node: 'n1' }, atMs: 1000, forMs: 12_000 },
          { fault: 'pause', options: { node: 'n2' }, atMs: 500, forMs: 5000 },
          { fault: 'kill', options: { node: 'n2' }, atMs: 7000, forMs: 5000 },
          { fault: 'slow-cpu', options: { node: 'n3', percent: 20 }, atMs: 0, forMs: 13_000 },
        ],
      },
    ],
  },
  recoverMs: 8000,
};

/** Longest life of a harness on this scenario, launch and judgement included, on a busy machine. */
export const LASTS_MS = 120_000;
/** The load of the scenario. */
export const LOAD_MS = 25_000;

export interface HarnessProcess extends AsyncDisposable {
  readonly runId: string;
  /** The run's folder. */
  readonly folder: string;
  /** Of the harness itself, a child of the launcher. */
  readonly pid: number;
  readonly launcher: ChildProcess;
  /** Whether it has not ended; its process ID may be another's once it has. */
  lives(): boolean;
  /** Everything that was journalled so far. */
  journal(): readonly JournalEntry[];
  /** The exit code of the launcher; rejects when it takes too long. */
  ended(): Promise<number | null>;
}

/** Starts a run on this driver; resolves when it has a folder. Disposing of it kills what still lives. */
export async function startHarness(driver: string, seed: string): Promise<HarnessProcess> {
  const root = mkdtempSync(join(tmpdir(), 'snowglobe-trial-'));
  const scenario = join(root, 'busy.json');
  writeFileSync(scenario, JSON.stringify(BUSY));
  const runs = join(root, 'runs');
  const args = ['run', scenario, '--driver', driver, '--seed', seed, '--runs', runs];
  // A group of its own, which can be killed as a whole.
  const launcher = spawn(process.execPath, [LAUNCHER, ...args], { detached: true, stdio: 'ignore' });
  const exit = once(launcher, 'exit') as Promise<[number | null]>;
  const lives = (): boolean => launcher.exitCode === null && launcher.signalCode === null;
  const end = async (): Promise<void> => {
    if (lives()) process.kill(-launcher.pid!, 'SIGKILL');
    await exit;
    rmSync(root, { recursive: true, force: true });
  };
  try {
    const folder = await runFolder(runs);
    const { pid } = JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')) as Owner;
    return {
      runId: readRun(folder).measured.runId,
      folder,
      pid,
      launcher,
      lives,
      journal: () => journalOf(folder),
      ended: async () => {
        const late = AbortSignal.timeout(LASTS_MS);
        const [code] = await Promise.race([exit, once(late, 'abort').then(() => Promise.reject(late.reason as Error))]);
        return code;
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function journalOf(folder: string): readonly JournalEntry[] {
  try {
    return readJournal(join(folder, JOURNAL_FILE)).entries;
  } catch {
    return []; // it has not begun to write one
  }
}
