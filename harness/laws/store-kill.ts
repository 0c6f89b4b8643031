/**
 * `snowglobe judge` is killed while it reads taps into the store, and called again: does the store then hold what the taps
 * do, each ID once, and is the verdict that of a judging that nobody disturbed? For tests and torture.
 */
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parseProcStat } from '../core/proc-stat.ts';
import type { Run } from '../core/run.ts';
import { STORE_FOLDER, TAPS_FOLDER } from '../engine/record.ts';
import { startEngine } from '../stores/clickhouse/embedded.ts';
import { DATABASE } from '../stores/clickhouse/schema.ts';
import type { CliProcess } from './cli-process.ts';
import { readRun, snowglobe } from './cli-process.ts';
import type { RecordedRun } from './recorded-run.ts';

export const KILLED = ['harness', 'engine', 'both'] as const;
export type Killed = (typeof KILLED)[number];

export interface Undisturbed {
  readonly run: Run;
  /** From the start of the command to its end. */
  readonly lastedMs: number;
}

/** A folder with the same taps and records, the taps as links: nobody writes to them. */
export function copyOfRun({ folder }: RecordedRun, copy: string): string {
  mkdirSync(join(copy, TAPS_FOLDER), { recursive: true });
  for (const file of readdirSync(folder, { withFileTypes: true }))
    if (file.isFile()) cpSync(join(folder, file.name), join(copy, file.name));
  for (const tap of readdirSync(join(folder, TAPS_FOLDER)))
    linkSync(join(folder, TAPS_FOLDER, tap), join(copy, TAPS_FOLDER, tap));
  return copy;
}

export async function judgeUndisturbed(folder: string): Promise<Undisturbed> {
  const began = performance.now();
  const { code, stderr } = await snowglobe(['judge', folder]).ended;
  if (code !== 10) throw new Error(`judged with exit code ${code}: ${stderr}`);
  return { run: readRun(folder), lastedMs: performance.now() - began };
}

export interface AfterKill {
  /** Whether it had ended before it could be killed. */
  readonly tooLate: boolean;
  /** Of the judging whose engine was killed, or that was killed itself; null: by the signal. */
  readonly firstCode: number | null;
  /** What is different from what it should be; empty: nothing. */
  readonly wrong: readonly string[];
}

/** Kills, judges again, compares. `afterMs`: from the start of the command. */
export async function killAndJudge(
  recorded: RecordedRun,
  folder: string,
  whom: Killed,
  afterMs: number,
  undisturbed: Undisturbed,
): Promise<AfterKill> {
  const judging = snowglobe(['judge', folder]);
  await sleep(afterMs);
  const tooLate = !(await kill(judging, whom));
  const first = await judging.ended;
  const again = await snowglobe(['judge', folder]).ended;
  const run = readRun(folder);
  const wrong = [
    // A harness whose engine dies says so, or that it did not start, and does not crash.
    ...(whom === 'engine' && ![10, 12, 3].includes(first.code ?? -1)
      ? [`exit code ${first.code}: ${first.stderr}`]
      : []),
    ...(again.code === undisturbed.run.exitCode ? [] : [`exit code ${again.code} afterwards: ${again.stderr}`]),
    ...(['verdict', 'findings', 'evidence', 'reasons'] as const).filter(
      (part) => !isDeepStrictEqual(run[part], undisturbed.run[part]),
    ),
    ...(await differencesInStore(recorded, folder)),
  ];
  return { tooLate, firstCode: first.code, wrong };
}

/** Tells whether there was anything to kill. */
async function kill({ child }: CliProcess, whom: Killed): Promise<boolean> {
  const lives = (): boolean => child.exitCode === null && child.signalCode === null;
  let engine: number | undefined;
  // A moment before there is an engine is one to kill the harness at; who means the engine waits for it.
  while (whom !== 'harness' && lives() && (engine = childOf(child.pid as number, 'chdb-server')) === undefined)
    await sleep(5);
  if (!lives()) return false;
  if (engine !== undefined) process.kill(engine, 'SIGKILL');
  if (whom !== 'engine') child.kill('SIGKILL');
  return true;
}

function childOf(parent: number, program: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => {
      try {
        return (
          parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.parent === parent &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program)
        );
      } catch {
        return false;
      }
    });
}

/** By sums over all IDs, which two IDs that are there twice, or are other IDs, do not leave as they were. */
async function differencesInStore({ folder }: RecordedRun, judged: string): Promise<readonly string[]> {
  const engine = await startEngine(join(judged, STORE_FOLDER));
  try {
    const { url, username, password } = engine.address;
    const ask = async (query: string): Promise<string> => {
      const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
      const reply = await fetch(url, { method: 'POST', body: query, headers });
      return (await reply.text()).trim();
    };
    const sums = 'count(), sum(id), groupBitXor(id), sum(bitXor(id, bitShiftRight(id, 17)))';
    const [stored, tapped, batches] = [
      await ask(`SELECT ${sums} FROM ${DATABASE}.ids`),
      await ask(`SELECT ${sums} FROM file('${join(folder, TAPS_FOLDER)}/*.ids', 'RowBinary', 'id UInt64')`),
      await ask(`SELECT sum(count) FROM ${DATABASE}.batches`),
    ];
    return [
      ...(stored === tapped ? [] : [`the store holds ${stored}, the taps ${tapped}`]),
      ...(batches === tapped.split('\t')[0] ? [] : [`the batches tell of ${batches} IDs`]),
    ];
  } finally {
    await engine.stop();
  }
}
