/**
 * ClickHouse without a server: chdb in a process of its own, in the run's folder.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentLacks, messageOf, problem, SnowglobeError } from '../../core/errors.ts';
import { parseCpuSeconds } from '../../core/proc-stat.ts';
import { StoreUnreadable } from '../../core/store.ts';
import type { Store } from '../../core/store.ts';
import type { ChdbStart, ChdbStarted } from './chdb-server.ts';
import { INCOMING_FOLDER } from './hand-over.ts';
import { openClickHouseStore } from './clickhouse-store.ts';
import type { Address } from './connection.ts';
import { claimStore, harnessOf, leaveStore } from './engine-owner.ts';
import type { IdBits } from './schema.ts';
import { DATABASE } from './schema.ts';

export interface EmbeddedOptions {
  /** The engine's folder, made when missing; one engine at a time has it open. */
  readonly folder: string;
  readonly runId: string;
  /** How long the run's IDs are; 64 when left out. */
  readonly idBits?: IdBits;
  /** Cap on the engine's memory. */
  readonly memoryBytes?: number;
}

/** An embedded engine that runs. */
export interface EmbeddedEngine {
  readonly address: Address;
  readonly pid: number;
  /** Versions. */
  readonly chdb: string;
  readonly clickhouse: string;
  /** Where it may be handed files; emptied when it starts. */
  readonly incoming: string;
  /** How it ended; undefined when it still runs after a moment, in which a process that was killed would be reaped. */
  ended(): Promise<string | undefined>;
  /** Ends it: by asking first. */
  stop(): Promise<void>;
}

const MEMORY_BYTES = 2_000_000_000;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const REAPED_WITHIN_MS = 1000;
const STDERR_KEPT = 2000;
/** It finishes what it was asked last. */
const ORPHAN_ENDS_WITHIN_MS = 30_000;
const ORPHAN_LOOK_EVERY_MS = 200;

/** ClickHouse's words where another process has the folder. */
const TAKEN = /Cannot lock file/;

/** What this machine lacks for the embedded engine is told before anything starts. */
export function requireChdb(): void {
  try {
    createRequire(import.meta.url).resolve('chdb');
  } catch (error) {
    throw lacksChdb(messageOf(error).split('\n')[0]!);
  }
}

/** Opens (or makes) the store of one run; it also takes up what an earlier process of the same run left there. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Store> {
  const engine = await startEngine(options.folder, options.memoryBytes);
  try {
    return await openClickHouseStore({
      address: engine.address,
      database: DATABASE,
      engine: 'own',
      runId: options.runId,
      idBits: options.idBits ?? 64,
      version: `chdb ${engine.chdb} (ClickHouse ${engine.clickhouse})`,
      where: options.folder,
      handOverIn: engine.incoming,
      lost: engine.ended,
      close: engine.stop,
      cpuSeconds: () => cpuSecondsOf(engine.pid),
    });
  } catch (error) {
    // Some of what is damaged shows when it is looked at.
    throw error instanceof SnowglobeError ? error : unreadable(messageOf(error).trim(), options.folder, error);
  }
}

/** Undefined where the system does not tell, and of a process that is gone. */
function cpuSecondsOf(pid: number): number | undefined {
  try {
    return parseCpuSeconds(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A store beside the one that took its place, until it is known that the other is whole. */
export interface PutAside {
  readonly folder: string;
  discard(): void;
}

/** Opens an empty store in the place of one that cannot be read, or holds other than it should. */
export async function openAfresh(options: EmbeddedOptions): Promise<{ readonly store: Store; readonly old: PutAside }> {
  const folder = `${options.folder}-put-aside`;
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  discard();
  renameSync(options.folder, folder);
  try {
    return { store: await openEmbedded(options), old: { folder, discard } };
  } catch (error) {
    rmSync(options.folder, { recursive: true, force: true });
    renameSync(folder, options.folder);
    throw error;
  }
}

/**
 * Starts the process and waits until it answers. An engine whose harness was killed ends by itself, and is waited for; of
 * one whose harness lives the folder is refused.
 */
export async function startEngine(folder: string, memoryBytes = MEMORY_BYTES): Promise<EmbeddedEngine> {
  requireChdb();
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unreadable(messageOf(error), folder);
  }
  for (const deadline = performance.now() + ORPHAN_ENDS_WITHIN_MS; ;) {
    const engine = await tryEngine(folder, memoryBytes);
    if (engine !== 'taken') return engine;
    const harness = harnessOf(folder);
    if (performance.now() > deadline || harness !== undefined)
      throw environmentLacks(
        `Another snowglobe ${harness === undefined ? '' : `(process ${harness}) `}has this store open.`,
        'Wait for its end, or end it: an embedded store serves one at a time, a server (--store URL) any number.',
        folder,
      );
    await sleep(ORPHAN_LOOK_EVERY_MS);
  }
}

async function tryEngine(folder: string, memoryBytes: number): Promise<EmbeddedEngine | 'taken'> {
  // The compiled package has the same files with another ending.
  const file = join(import.meta.dirname, `chdb-server${extname(import.meta.filename)}`);
  // A session of its own: what is sent to the harness's process group (Ctrl-C, `timeout`, a CI system's cancel) is for the
  // harness, which judges what there is before it ends the engine. One that dies closes the channel: the engine ends then.
  const child = fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
  let stderr = '';
  const saidAll = once(child.stderr!, 'end').catch(() => undefined);
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
  // Not `close`: a child whose channel we closed ourselves does not always emit it.
  const exit = once(child, 'exit');
  // A request that fails tells of the end; nobody else needs to wait for it.
  exit.catch(() => undefined);
  const ended = async (): Promise<string | undefined> => {
    await Promise.race([exit.catch(() => undefined), sleep(REAPED_WITHIN_MS, undefined, { ref: false })]);
    if (child.exitCode === null && child.signalCode === null) return undefined;
    const how = child.signalCode === null ? `exit code ${child.exitCode}` : child.signalCode;
    return `its process ended by ${how}${stderr === '' ? '' : `: ${stderr.trim()}`}`;
  };
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exit.catch(() => undefined);
    clearTimeout(late);
  };

  const token = randomBytes(24).toString('hex');
  const started = await firstMessage(child, { folder, token, memoryBytes }).catch(async (error: unknown) => {
    await stop();
    throw environmentLacks(
      `The embedded ClickHouse did not start: ${(await ended()) ?? messageOf(error)}.`,
      'Free memory, or give a server with `--store URL`.',
      folder,
    );
  });
  if ('failed' in started) {
    await stop();
    if (started.step === 'load') throw lacksChdb(started.failed);
    // The reason is on the error stream, which may end after its process.
    await Promise.race([saidAll, sleep(REAPED_WITHIN_MS, undefined, { ref: false })]);
    if (TAKEN.test(stderr)) return 'taken';
    throw unreadable([started.failed, stderr.trim()].filter(Boolean).join(': '), folder);
  }
  claimStore(folder);
  return {
    address: { url: `http://127.0.0.1:${started.port}`, username: 'snowglobe', password: token },
    pid: child.pid!,
    chdb: started.chdb,
    clickhouse: started.clickhouse,
    incoming: join(folder, INCOMING_FOLDER),
    ended,
    stop: async () => {
      await stop();
      leaveStore(folder);
    },
  };
}

function unreadable(detail: string, folder: string, cause?: unknown): StoreUnreadable {
  return new StoreUnreadable(
    problem(
      `The embedded ClickHouse cannot open its folder: ${detail.replaceAll(/\s+/g, ' ')}.`,
      'See that the disk has room and the folder can be written to; a damaged one may be deleted, `snowglobe judge` fills it again from the taps.',
      folder,
    ),
    { cause },
  );
}

function firstMessage(child: ChildProcess, start: ChdbStart): Promise<ChdbStarted> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer within ${START_TIMEOUT_MS / 1000} s`)), START_TIMEOUT_MS);
    child.once('message', (message) => resolve(message as ChdbStarted));
    child.once('exit', () => reject(new Error('its process ended')));
    child.once('error', reject);
    child.once('message', () => clearTimeout(late)).once('exit', () => clearTimeout(late));
    child.send(start);
  });
}

function lacksChdb(detail: string): SnowglobeError {
  return environmentLacks(
    `The embedded ClickHouse (npm package chdb) is not there: ${detail}.`,
    'Run `npm install chdb`, or give a ClickHouse server with `--store URL`.',
    '--store',
  );
}
