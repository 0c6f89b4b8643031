/** The runs below a folder, as far as it takes to know which of them may go; and how one goes. */
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { badInput, messageOf } from '../core/errors.ts';
import type { Owner } from '../core/owner.ts';
import type { Run } from '../core/run.ts';
import { parseRun } from '../core/run-schema.ts';
import { ownerState } from '../engine/owner.ts';
import { OWNER_FILE, RUN_FILE, STORE_FOLDER } from '../engine/record.ts';
import { harnessOf } from '../stores/clickhouse/engine-owner.ts';
import type { KeptRun } from './prune-plan.ts';

/** `runs/<scenario>/<time>`. */
const DEPTH_MAX = 2;
/** A simulated run names no owner, and lasts minutes. */
const MAY_LIVE_MS = 86_400_000;

export function keptRuns(runs: string, nowUnixMs: number): readonly KeptRun[] {
  const root = resolve(runs);
  if (!existsSync(root))
    throw badInput('There is no such folder.', 'Give the folder that runs are kept in: --runs FOLDER.', root);
  return runFolders(root, 0).map((folder) => keptRun(folder, nowUnixMs));
}

function runFolders(folder: string, depth: number): readonly string[] {
  if (existsSync(join(folder, RUN_FILE))) return [folder];
  if (depth === DEPTH_MAX) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => runFolders(join(folder, name), depth + 1));
}

function keptRun(folder: string, nowUnixMs: number): KeptRun {
  const bytes = bytesIn(folder);
  const file = join(folder, RUN_FILE);
  let run: Run;
  try {
    run = parseRun(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const untouchable = `its record cannot be read (${messageOf(error).split('\n')[0]})`;
    return { name: folder, scenario: '', unixMs: lstatSync(file).mtimeMs, bytes, untouchable };
  }
  const unixMs = Date.parse(run.measured.startedAt);
  const untouchable = livingIn(folder, run, nowUnixMs - unixMs);
  const unjudged = unjudgedIn(run);
  return {
    name: folder,
    scenario: run.scenario.name,
    unixMs,
    bytes,
    ...(untouchable !== undefined && { untouchable }),
    ...(unjudged !== undefined && { unjudged }),
  };
}

function livingIn(folder: string, { state }: Run, ageMs: number): string | undefined {
  const judging = harnessOf(join(folder, STORE_FOLDER));
  if (judging !== undefined) return `process ${judging} has its store open`;
  if (state !== 'begun') return undefined;
  const file = join(folder, OWNER_FILE);
  if (!existsSync(file)) return ageMs < MAY_LIVE_MS ? 'it began within a day, and may go on' : undefined;
  try {
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Owner;
    const owned = ownerState(owner);
    if (owned === 'alive') return `it goes on (process ${owner.pid})`;
    return owned === 'elsewhere' ? 'it is of another machine, and may go on' : undefined;
  } catch (error) {
    return `whose it is cannot be read (${messageOf(error)})`;
  }
}

function unjudgedIn({ state, unknowns }: Run): string | undefined {
  if (state !== 'judged') return 'it was not judged';
  return unknowns.some(({ reason }) => reason === 'engine lost')
    ? 'its store was lost, and judge can finish it'
    : undefined;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(path) : lstatSync(path).size);
  }, 0);
}

/** Its record last: a prune that is killed is taken up by the next. The folder of a scenario goes with its last run. */
export function removeRun(folder: string, runs: string): void {
  for (const name of readdirSync(folder))
    if (name !== RUN_FILE) rmSync(join(folder, name), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  const scenario = dirname(folder);
  if (dirname(scenario) === resolve(runs) && readdirSync(scenario).length === 0) rmdirSync(scenario);
}
